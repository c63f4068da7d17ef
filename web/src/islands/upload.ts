import type { Island } from "../island";
import { figure } from "../island";

/** 1536000 is 1.5 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${figure(bytes / 1024, 0)} KB`;
  return `${figure(bytes / 1024 / 1024, 1)} MB`;
}

/** A drop zone round a file input: shows what was chosen, takes a dropped file, shows how far the sending is. */
export const drop: Island = (root) => {
  const input = root.querySelector<HTMLInputElement>('input[type="file"]');
  const name = root.querySelector<HTMLElement>("[data-drop-name]");
  const bar = root.querySelector<HTMLProgressElement>("progress");
  if (!input) return;
  root.classList.add("is-live");
  root.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("label, input")) input.click();
  });
  const tell = (): void => {
    if (!name) return;
    name.textContent = Array.from(input.files ?? []).map((file) => `${file.name} · ${sizeOf(file.size)}`).join("\u3000");
    name.hidden = !name.textContent;
  };
  input.addEventListener("change", tell);
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    root.addEventListener(kind, (event) => {
      event.preventDefault();
      root.classList.toggle("is-over", kind === "dragover");
    });
  }
  root.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.body.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if (!bar || !total || !(event.target as Element).contains(root)) return;
    bar.hidden = false;
    bar.value = (loaded / total) * 100;
  });
};

/** What a page of long work answers: how far it is, and where to go when it is done. */
export interface Far {
  done: number;
  most: number;
  text?: string;
  next?: string;
}

/** Ask every second how far a long piece of work is; go on when it is done. */
export const progress: Island = (root) => {
  const address = root.dataset["progress"];
  const bar = root.querySelector<HTMLProgressElement>("progress");
  if (!address || !bar) return;
  const ask = async (): Promise<void> => {
    if (!root.isConnected) return;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok) {
        const far = (await answer.json()) as Far;
        bar.max = far.most || 1;
        bar.value = far.done;
        const text = root.querySelector<HTMLElement>("[data-progress-text]");
        const share = root.querySelector<HTMLElement>("[data-progress-share]");
        if (text && far.text) text.textContent = far.text;
        if (share) share.textContent = `${far.done} / ${far.most}`;
        if (far.next) {
          location.assign(far.next);
          return;
        }
      }
    } catch {
      // The network is away for a moment: ask again.
    }
    setTimeout(() => void ask(), 1000);
  };
  void ask();
};
