// An island is a piece of a page that TypeScript brings to life. Each is started once per element.

export type Island = (element: HTMLElement) => void;

const begun = new WeakMap<HTMLElement, Set<string>>();

/** Start an island on every element under `root` (and `root` itself) that matches and has not been started. */
export function startAll(root: ParentNode, islands: ReadonlyArray<readonly [string, Island]>): void {
  for (const [selector, island] of islands) {
    const found = Array.from(root.querySelectorAll<HTMLElement>(selector));
    if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      const done = begun.get(element) ?? new Set<string>();
      if (done.has(selector)) continue;
      done.add(selector);
      begun.set(element, done);
      island(element);
    }
  }
}

/** Is the person writing somewhere, so that single keys are letters and not commands? */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

/** A number with so many digits after the point, rounded half up as it is written (see kernel/numerals.py). */
export function fixed(value: number, digits: number): string {
  const whole = Math.round(Number(`${Math.abs(value).toFixed(9)}e${digits}`));
  const told = Number(`${whole}e-${digits}`).toFixed(digits);
  return value < 0 && Number(told) ? `-${told}` : told;
}

/** A small figure as people write it: two digits at most. */
export function figure(value: number, digits = 2): string {
  const told = fixed(value, digits);
  return told.includes(".") ? told.replace(/0+$/, "").replace(/\.$/, "") : told;
}
