import { defineConfig } from "vitest/config";

// Built files go into Django's static folder; the template tag {% asset %} reads the manifest.
export default defineConfig({
  base: "/static/built/",
  build: {
    outDir: "../src/chuangwen/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2017",
    cssTarget: ["chrome78", "safari12"],
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: { main: "src/main.ts" },
    },
  },
  test: { environment: "happy-dom" },
});
