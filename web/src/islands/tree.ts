import type { Island } from "../island";

const items = (tree: HTMLElement): HTMLElement[] =>
  Array.from(tree.querySelectorAll<HTMLElement>('[role="treeitem"]')).filter(
    (item) => item.parentElement?.closest('[aria-expanded="false"]') === null,
  );
const linkOf = (item: HTMLElement): HTMLElement | null => item.querySelector<HTMLElement>(":scope > .tree-row > a");
const groupOf = (item: HTMLElement): HTMLElement | null => item.querySelector<HTMLElement>(':scope > [role="group"]');

/** Open or shut one branch. */
export function setOpen(item: HTMLElement, open: boolean): void {
  const group = groupOf(item);
  if (!group) return;
  item.setAttribute("aria-expanded", String(open));
  item.querySelector(":scope > .tree-row > .twist")?.setAttribute("aria-expanded", String(open));
  group.hidden = !open;
}

function parentOf(item: HTMLElement): HTMLElement | null {
  return item.parentElement?.closest<HTMLElement>('[role="treeitem"]') ?? null;
}

function moveTo(tree: HTMLElement, item: HTMLElement | null | undefined): void {
  const link = item && linkOf(item);
  if (!link) return;
  for (const other of Array.from(tree.querySelectorAll<HTMLElement>(".tree-row > a"))) other.tabIndex = -1;
  link.tabIndex = 0;
  link.focus();
}

function right(tree: HTMLElement, item: HTMLElement): void {
  if (item.getAttribute("aria-expanded") === "false") setOpen(item, true);
  else moveTo(tree, groupOf(item)?.querySelector<HTMLElement>('[role="treeitem"]'));
}

function left(tree: HTMLElement, item: HTMLElement): void {
  if (item.getAttribute("aria-expanded") === "true") setOpen(item, false);
  else moveTo(tree, parentOf(item));
}

/** Show only the branches that hold the words; an empty text shows all. */
export function narrow(tree: HTMLElement, words: string): void {
  const wanted = words.trim().toLowerCase();
  const all = Array.from(tree.querySelectorAll<HTMLElement>('[role="treeitem"]'));
  for (const item of all) item.hidden = wanted !== "";
  if (!wanted) return;
  for (const item of all) {
    const label = linkOf(item)?.firstElementChild?.textContent?.toLowerCase() ?? "";
    if (!label.includes(wanted)) continue;
    for (const inner of Array.from(item.querySelectorAll<HTMLElement>('[role="treeitem"]'))) inner.hidden = false;
    for (let at: HTMLElement | null = item; at; at = parentOf(at)) {
      at.hidden = false;
      if (at !== item) setOpen(at, true);
    }
  }
}

/** A tree opens and shuts, and is walked with the arrow keys. */
export const tree: Island = (root) => {
  for (const item of Array.from(root.querySelectorAll<HTMLElement>('[role="treeitem"][aria-expanded]'))) {
    setOpen(item, item.getAttribute("aria-expanded") === "true");
  }
  root.addEventListener("click", (event) => {
    const item = (event.target as Element).closest(".twist")?.closest<HTMLElement>('[role="treeitem"]');
    if (item) setOpen(item, item.getAttribute("aria-expanded") !== "true");
  });
  root.addEventListener("keydown", (event) => {
    const item = (event.target as Element).closest<HTMLElement>('[role="treeitem"]');
    if (!item) return;
    const seen = items(root);
    const at = seen.indexOf(item);
    const moves: Record<string, () => void> = {
      ArrowDown: () => moveTo(root, seen[at + 1]),
      ArrowUp: () => moveTo(root, seen[at - 1]),
      ArrowRight: () => right(root, item),
      ArrowLeft: () => left(root, item),
      Home: () => moveTo(root, seen[0]),
      End: () => moveTo(root, seen[seen.length - 1]),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  const finder = document.querySelector<HTMLInputElement>("[data-tree-find]");
  finder?.addEventListener("input", () => narrow(root, finder.value));
  const current = root.querySelector<HTMLElement>('.tree-row > a[aria-current="page"]');
  const side = current?.closest<HTMLElement>(".side-in");
  if (current && side) side.scrollTop = current.offsetTop - side.clientHeight / 3;
};
