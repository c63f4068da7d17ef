import type { Island } from "../island";

/** Move one item of a list by so many places; the list itself stays as it is. */
export function moved<T>(items: readonly T[], from: number, step: number): T[] {
  const to = Math.min(Math.max(from + step, 0), items.length - 1);
  const all = items.slice();
  all.splice(to, 0, ...all.splice(from, 1));
  return all;
}

/** An ordered list whose items are dragged, or moved by Alt and an arrow; its form is sent when one has moved.
 *  Without this script the buttons "up" and "down" do the same. */
export const order: Island = (root) => {
  const form = document.getElementById(root.dataset["order"] ?? "");
  if (!(form instanceof HTMLFormElement)) return;
  const items = (): HTMLElement[] => Array.from(root.querySelectorAll<HTMLElement>(":scope > [data-key]"));
  const keys = (): string => items().map((item) => item.dataset["key"]).join();
  let held: HTMLElement | null = null;
  let before = "";

  root.addEventListener("dragstart", (event) => {
    held = (event.target as Element).closest<HTMLElement>("[data-key]");
    before = keys();
    held?.classList.add("is-held");
    event.dataTransfer?.setData("text/plain", held?.dataset["key"] ?? "");
  });
  root.addEventListener("dragover", (event) => {
    const under = (event.target as Element).closest<HTMLElement>("[data-key]");
    if (!held || !under || under === held) return;
    event.preventDefault();
    const box = under.getBoundingClientRect();
    under[event.clientY < box.top + box.height / 2 ? "before" : "after"](held);
  });
  root.addEventListener("drop", (event) => event.preventDefault());
  root.addEventListener("dragend", () => {
    held?.classList.remove("is-held");
    held = null;
    if (keys() !== before) form.requestSubmit();
  });

  root.addEventListener("keydown", (event) => {
    const item = event.target as HTMLElement;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step || item.parentElement !== root) return;
    event.preventDefault();
    const all = items();
    const next = moved(all, all.indexOf(item), step);
    if (next.every((one, place) => one === all[place])) return;
    root.append(...next);
    form.requestSubmit();
  });
};

/** A form that is sent once: a second click while it is on its way does nothing. */
export const once: Island = (root) => {
  root.addEventListener("submit", (event) => {
    if (root.classList.contains("is-sent")) event.preventDefault();
    root.classList.add("is-sent");
    root.setAttribute("aria-busy", "true");
  });
};
