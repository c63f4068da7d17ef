import { defineConfig } from "vitest/config";

// Built files go into Django's static folder; the template tag {% asset %} reads the manifest.
export default defineConfig({
  base: "./",
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
      // htmx holds one eval, which main.ts switches off and the pages' policy forbids.
      onwarn: (warning, tell) => {
        if (warning.code !== "EVAL") tell(warning);
      },
    },
  },
  test: { environment: "happy-dom" },
});
