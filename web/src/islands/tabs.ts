import type { Island } from "../island";

/** Tabs in one page: buttons with aria-controls. Without script all panels stand below one another. */
export const tabs: Island = (root) => {
  const buttons = Array.from(root.querySelectorAll<HTMLElement>('[role="tab"]'));
  const show = (chosen: HTMLElement): void => {
    for (const button of buttons) {
      const on = button === chosen;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(button.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !on;
    }
  };
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[role="tab"]');
    if (!button) return;
    show(button);
    history.replaceState(null, "", `#${button.getAttribute("aria-controls") ?? ""}`);
  });
  root.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    if (!next) return;
    show(next);
    next.focus();
  });
  const asked = buttons.find((button) => `#${button.getAttribute("aria-controls") ?? ""}` === location.hash);
  const first = asked ?? buttons.find((button) => button.getAttribute("aria-selected") === "true") ?? buttons[0];
  if (first) show(first);
};

/** Document beside tree: pointing at one side lights the other; on the phone the two become tabs. */
export const pair: Island = (root) => {
  const light = (id: string | undefined, from: Element): void => {
    for (const lit of Array.from(root.querySelectorAll(".is-lit"))) lit.classList.remove("is-lit");
    if (!id) return;
    for (const twin of Array.from(root.querySelectorAll<HTMLElement>(`[data-node="${CSS.escape(id)}"]`))) {
      twin.classList.add("is-lit");
      const pane = twin.closest<HTMLElement>(".box");
      if (pane && !pane.contains(from) && pane.scrollHeight > pane.clientHeight) {
        pane.scrollTop += twin.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
      }
    }
  };
  const react = (event: Event): void => {
    const target = event.target as Element;
    const node = target.closest<HTMLElement>("[data-node]");
    if (node) light(node.dataset["node"], target);
  };
  root.addEventListener("click", react);
  root.addEventListener("focusin", react);
  const panes = Array.from(root.querySelectorAll<HTMLElement>(":scope > .box"));
  const bar = root.previousElementSibling;
  if (!(bar instanceof HTMLElement) || !bar.matches(".pair-tabs")) return;
  const buttons = Array.from(bar.querySelectorAll<HTMLElement>("button"));
  const show = (at: number): void => {
    root.classList.add("is-paired");
    panes.forEach((pane, place) => pane.classList.toggle("is-away", place !== at));
    buttons.forEach((button, place) => button.setAttribute("aria-selected", String(place === at)));
  };
  buttons.forEach((button, place) => button.addEventListener("click", () => show(place)));
  show(0);
};
