import type { Island } from "../island";

/** Large type: one cookie, one attribute; the server writes the attribute from then on. */
export const sizeSwitch: Island = (button) => {
  button.addEventListener("click", () => {
    const large = document.documentElement.dataset["size"] !== "large";
    if (large) document.documentElement.dataset["size"] = "large";
    else delete document.documentElement.dataset["size"];
    document.cookie = `size=${large ? "large" : "normal"}; path=/; max-age=31536000; samesite=lax`;
    for (const one of Array.from(document.querySelectorAll("[data-size-switch]"))) {
      one.setAttribute("aria-pressed", String(large));
    }
    window.dispatchEvent(new Event("resize"));
  });
};

/** The drawer of the phone: opens, takes the focus, shuts by Escape, by its shade and by going somewhere. */
export const drawer: Island = (side) => {
  let from: HTMLElement | null = null;
  const set = (open: boolean): void => {
    side.classList.toggle("is-open", open);
    for (const opener of Array.from(document.querySelectorAll("[data-drawer]"))) {
      opener.setAttribute("aria-expanded", String(open));
    }
    if (open) side.querySelector<HTMLElement>("a")?.focus();
    else from?.focus();
  };
  for (const opener of Array.from(document.querySelectorAll<HTMLElement>("[data-drawer]"))) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      from = opener;
      set(true);
    });
  }
  for (const closer of Array.from(document.querySelectorAll("[data-drawer-close]"))) {
    closer.addEventListener("click", (event) => {
      event.preventDefault();
      set(false);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) set(false);
  });
};

/** A small menu shuts when somebody clicks elsewhere or presses Escape. */
export const menu: Island = (element) => {
  if (!(element instanceof HTMLDetailsElement)) return;
  document.addEventListener("click", (event) => {
    if (element.open && !element.contains(event.target as Node)) element.open = false;
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    element.open = false;
    element.querySelector<HTMLElement>("summary")?.focus();
  });
};

/** Filters of a list apply as soon as a choice is made; typing waits for Enter. */
export const filters: Island = (form) => {
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement || (event.target instanceof HTMLInputElement && event.target.type === "checkbox")) form.requestSubmit?.();
  });
  form.addEventListener("submit", () => {
    for (const field of Array.from(form.elements)) {
      if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value === "") field.disabled = true;
    }
  });
};

/** The chosen one of a row of choices is marked (old browsers know no :has). */
export const choices: Island = (group) => {
  const mark = (): void => {
    for (const label of Array.from(group.querySelectorAll("label"))) {
      label.classList.toggle("is-on", label.querySelector("input")?.checked ?? false);
    }
  };
  group.addEventListener("change", mark);
  mark();
};

/** Buttons that print. */
export const printer: Island = (button) => button.addEventListener("click", () => window.print());
