import type { Island } from "../island";
import { isWriting } from "../island";

/** Where a selection stands in the text of a page: its beginning, counted in characters as the town counts them. */
export function placeOf(text: HTMLElement, selection: Selection): { quote: string; start: number } | null {
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const raw = range.toString();
  const quote = raw.trim();
  if (!quote) return null;
  const lead = raw.slice(0, raw.indexOf(quote));
  return { quote, start: Array.from(before.toString() + lead).length };
}

/** Arrows turn the page. One listener for all: a press while the next page is still being put in place counts too. */
function turn(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isWriting(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = rel && document.querySelector<HTMLElement>(`[data-pages] a[rel="${rel}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

/** The pages of a document: arrows turn them; words that are selected go into the form that marks proof. */
export const reading: Island = (root) => {
  const text = root.querySelector<HTMLElement>("[data-page-text]");
  const proof = root.querySelector<HTMLDetailsElement>("[data-proof]");
  const quote = proof?.querySelector<HTMLTextAreaElement>("[name=quote]");
  const start = proof?.querySelector<HTMLInputElement>("[name=start]");
  document.addEventListener("keydown", turn); // the same function again is no second listener
  if (!text || !proof || !quote || !start) return;
  const take = (): void => {
    const selection = document.getSelection();
    const found = selection && placeOf(text, selection);
    if (!found) return;
    proof.open = true;
    quote.value = found.quote.slice(0, 500);
    start.value = String(found.start);
  };
  text.addEventListener("mouseup", () => setTimeout(take));
  text.addEventListener("touchend", () => setTimeout(take, 300));
  text.addEventListener("keyup", take);
  quote.addEventListener("input", () => {
    start.value = "";
  });
};

/** `<button data-tick-all="name">` ticks every box of that name, or none when all are ticked. */
export const tickAll: Island = (button) => {
  button.addEventListener("click", () => {
    const name = CSS.escape(button.dataset["tickAll"] ?? "");
    const boxes = Array.from(document.querySelectorAll<HTMLInputElement>(`input[type="checkbox"][name="${name}"]`));
    const on = boxes.some((one) => !one.checked);
    for (const box of boxes) box.checked = on;
  });
};
