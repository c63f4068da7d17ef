import type { Island } from "../island";
import { figure, fixed } from "../island";

export interface Tick {
  regain: number;
  days: number;
}

/** What ticking these losses off would bring. Exact arithmetic is the server's; this is the same sum, told at once. */
export function total(expected: number, full: number, ticks: ReadonlyArray<Tick>): { score: number; gain: number; days: number } {
  const gain = ticks.reduce((sum, one) => sum + one.regain, 0);
  const days = ticks.reduce((sum, one) => sum + one.days, 0);
  return { score: Math.min(full, expected + gain), gain, days };
}

/** The list of losses with boxes to tick and a live total above it. */
export const whatif: Island = (root) => {
  const expected = Number(root.dataset["expected"]);
  const full = Number(root.dataset["full"] ?? 100);
  const pass = root.dataset["pass"] ? Number(root.dataset["pass"]) : null;
  const put = (name: string, text: string): void => {
    const place = root.querySelector<HTMLElement>(`[data-whatif-${name}]`);
    if (place) place.textContent = text;
  };
  const boxes = Array.from(root.querySelectorAll<HTMLInputElement>("input[data-regain]"));
  const tell = (): void => {
    const ticks = boxes
      .filter((box) => box.checked)
      .map((box) => ({ regain: Number(box.dataset["regain"]), days: Number(box.dataset["days"]) }));
    const now = total(expected, full, ticks);
    put("total", fixed(now.score, 1));
    put("gain", figure(now.gain));
    put("days", figure(now.days, 1));
    for (const box of boxes) box.closest("tr")?.classList.toggle("is-chosen", box.checked);
    const bar = root.querySelector<HTMLProgressElement>("[data-whatif-bar]");
    if (bar) bar.value = now.score;
    const tag = root.querySelector<HTMLElement>("[data-whatif-pass]");
    if (!tag) return;
    tag.hidden = pass === null;
    if (pass === null) return;
    const over = now.score >= pass;
    tag.className = `tag ${over ? "tag-good" : "tag-warn"}`;
    tag.textContent = over
      ? (tag.dataset["over"] ?? "")
      : (tag.dataset["under"] ?? "").replace("{n}", figure(pass - now.score, 1));
  };
  root.addEventListener("change", tell);
  tell();
};
