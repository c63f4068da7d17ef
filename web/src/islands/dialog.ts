import type { Island } from "../island";

/** Open a dialog, also where the browser is too old to know the element. */
export function openDialog(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  if (typeof dialog.showModal === "function") dialog.showModal();
  else dialog.setAttribute("open", "");
}

/** `<button data-open="id">` opens `<dialog id>`; `[data-close]` and a click beside it shut it. */
export const opener: Island = (button) => {
  button.addEventListener("click", (event) => {
    const dialog = document.getElementById(button.dataset["open"] ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    openDialog(dialog);
  });
};

export const dialog: Island = (element) => {
  const shut = (): void => {
    if (element instanceof HTMLDialogElement && typeof element.close === "function") element.close();
    else element.removeAttribute("open");
  };
  element.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target === element || target.closest("[data-close]")) shut();
  });
};

/** Say something for some seconds at the corner; a bad one stays until it is closed. */
export function toast(text: string, tone: "info" | "good" | "warn" | "bad" = "info"): HTMLElement | null {
  const place = document.getElementById("toasts");
  if (!place) return null;
  const box = document.createElement("div");
  box.className = `message message-${tone} toast`;
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  place.append(box);
  if (tone !== "bad") setTimeout(() => box.remove(), 6000);
  return box;
}
