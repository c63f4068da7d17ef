import { isWriting } from "./island";
import { openDialog } from "./islands/dialog";

function focusSearch(): void {
  const box = document.querySelector<HTMLInputElement>("#find, .filters input[type='search']");
  box?.focus();
  box?.select();
}

function help(): void {
  const sheet = document.getElementById("keys");
  if (sheet instanceof HTMLDialogElement) openDialog(sheet);
}

/** The next or last row of the table in hand that holds a link. */
export function stepRow(step: 1 | -1): void {
  const links = Array.from(document.querySelectorAll<HTMLElement>(".sheet tbody tr")).flatMap((row) => {
    const link = row.querySelector<HTMLElement>("a, input");
    return link ? [link] : [];
  });
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => row?.contains(link) ?? false);
  const next = at < 0 ? links[step > 0 ? 0 : links.length - 1] : links[at + step];
  next?.focus();
}

/** Where `g` and then this letter leads. */
export function jumpOf(letter: string): string | null {
  if (!/^[a-z0-9]$/.test(letter)) return null;
  return document.querySelector<HTMLAnchorElement>(`a[data-jump="${letter}"]`)?.getAttribute("href") ?? null;
}

/** Single keys for people who work here all day. */
export function startKeys(go: (address: string) => void = (address) => location.assign(address)): void {
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (waiting && Date.now() - waiting < 1500) {
      waiting = 0;
      const address = jumpOf(event.key);
      if (address) {
        event.preventDefault();
        go(address);
      }
      return;
    }
    const moves: Record<string, () => void> = {
      "/": focusSearch,
      "?": help,
      j: () => stepRow(1),
      k: () => stepRow(-1),
      g: () => {
        waiting = Date.now();
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  for (const button of Array.from(document.querySelectorAll("[data-keys-help]"))) button.addEventListener("click", help);
}
