import type { Island } from "../island";
import type { Sending, Sent, Told } from "./sending";
import { sizeOf } from "./upload";

const AT_ONCE = 2;
const PATIENCE = [1000, 2000, 5000, 10000, 20000, 40000, 60000];
const wait = (time: number): Promise<void> => new Promise((go) => setTimeout(go, time));

/** A line that is away: wait for it, a minute at most before the next try. */
export async function online(time: number): Promise<void> {
  if (navigator.onLine) return wait(time);
  await Promise.race([wait(60000), new Promise((go) => window.addEventListener("online", go, { once: true }))]);
}

/** The folder of `市场/东门/1.jpg` is `市场/东门`. */
export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  fullPath: string;
  file?: (found: (file: File) => void, failed: () => void) => void;
  createReader?: () => { readEntries(found: (entries: Entry[]) => void, failed: () => void): void };
}

/** Everything in what was dropped, folders opened. A reader gives its entries by hundreds, so it is asked until empty. */
export async function filesIn(entries: Entry[]): Promise<Array<{ file: File; inside: string }>> {
  const found: Array<{ file: File; inside: string }> = [];
  for (const entry of entries) {
    if (entry.isFile && entry.file) {
      const file = await new Promise<File | null>((go) => entry.file?.(go, () => go(null)));
      if (file) found.push({ file, inside: folderOf(entry.fullPath.replace(/^\//, "")) });
    } else if (entry.isDirectory && entry.createReader) {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise<Entry[]>((go) => reader.readEntries(go, () => go([])));
        if (!some.length) break;
        found.push(...(await filesIn(some)));
      }
    }
  }
  return found;
}

/** A small file by a plain form; a lost line is waited for and the file sent again, which the town recognises. */
export function sendPlain(sent: Sent, form: HTMLFormElement, batch: string, told: Told, failed: string): Sending {
  let open: XMLHttpRequest | null = null;
  let stopped = false;
  const once = (): Promise<string> =>
    new Promise((answered) => {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "");
      body.set("batch", batch);
      body.set("unit", sent.unit);
      body.set("inside", sent.inside);
      body.set("files", sent.file, sent.file.name);
      const request = new XMLHttpRequest();
      open = request;
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => told.share((event.loaded / (event.total || 1)) * 100));
      request.addEventListener("error", () => answered("offline"));
      request.addEventListener("abort", () => answered("stopped"));
      request.addEventListener("load", () => {
        if (request.status === 200) return answered("");
        if (request.status >= 502 && request.status <= 504) return answered("offline");
        try {
          answered((JSON.parse(request.responseText) as { message: string }).message || failed);
        } catch {
          answered(failed);
        }
      });
      request.send(body);
    });
  const run = async (): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const wrong = await once();
      if (!wrong || stopped) return;
      if (wrong !== "offline" || turn >= 30) throw new Error(wrong === "offline" ? failed : wrong);
      told.offline(0);
      await online(PATIENCE[Math.min(turn, PATIENCE.length - 1)] ?? 60000);
    }
  };
  return {
    done: run(),
    stop: () => {
      stopped = true;
      open?.abort();
    },
  };
}

/** The page to bring files in: many at once, folders too, each with its progress; beneath it what became of each. */
export const send: Island = (root) => {
  if (!(root instanceof HTMLFormElement)) return;
  const form = root;
  const list = form.querySelector<HTMLElement>("[data-send-list]");
  const all = form.querySelector<HTMLElement>("[data-send-all]");
  const came = document.querySelector<HTMLElement>("[data-send-came]");
  const zone = form.querySelector<HTMLElement>("[data-send-drop]");
  const unit = form.querySelector<HTMLSelectElement>("[name=unit]");
  const batch = form.querySelector<HTMLInputElement>("[name=batch]")?.value ?? "";
  if (!list || !all || !came || !zone || !unit) return;
  const say = (name: string, facts: Record<string, string | number> = {}): string =>
    (form.dataset[`text${name}`] ?? "").replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key] ?? ""));
  const waiting: Array<() => Promise<void>> = [];
  const also = new Set<string>();
  let running = 0;
  let done = 0;
  let known = 0;
  let asked = 0;
  form.classList.add("is-live");

  const show = async (): Promise<void> => {
    const turn = (asked += 1);
    await wait(300);
    if (turn !== asked) return;
    const query = new URLSearchParams([["piece", "1"], ...Array.from(also, (one) => ["also", one])]);
    try {
      const answer = await fetch(`${form.action}${batch}/?${query.toString()}`, { credentials: "same-origin" });
      if (answer.ok && turn === asked) came.innerHTML = await answer.text();
    } catch {
      // The next file that comes in asks again.
    }
  };
  const count = (): void => {
    all.hidden = !known;
    all.textContent = say("All", { done, all: known });
  };
  const next = (): void => {
    while (running < AT_ONCE) {
      const work = waiting.shift();
      if (!work) return;
      running += 1;
      void work().finally(() => {
        running -= 1;
        next();
      });
    }
  };

  const add = (sent: Sent): void => {
    const line = document.createElement("li");
    const name = document.createElement("b");
    const size = document.createElement("span");
    const state = document.createElement("span");
    const bar = document.createElement("progress");
    const button = document.createElement("button");
    name.textContent = sent.inside ? `${sent.inside}/${sent.file.name}` : sent.file.name;
    size.className = "faint";
    size.textContent = sizeOf(sent.file.size);
    state.className = "send-state";
    state.textContent = say("Waiting");
    bar.max = 100;
    bar.value = 0;
    button.type = "button";
    button.className = "btn btn-s";
    button.textContent = say("Stop");
    line.append(name, size, state, button, bar);
    list.append(line);
    known += 1;
    let sending: Sending | null = null;
    let stopped = false;
    const told: Told = {
      share: (percent) => {
        bar.value = percent;
        state.textContent = percent >= 100 ? say("Reading") : say("Sending", { n: Math.floor(percent) });
      },
      offline: (percent) => {
        state.textContent = say("Offline", { n: Math.floor(percent) });
      },
    };
    const work = async (): Promise<void> => {
      if (stopped) return;
      try {
        if (sent.file.size > Number(form.dataset["large"])) {
          const { sendLarge } = await import("./send_large");
          sending = sendLarge(sent, form.dataset["tus"] ?? "", batch, told, (other) => also.add(other), say("Failed"));
        } else sending = sendPlain(sent, form, batch, told, say("Failed"));
        await sending.done;
        if (stopped) return;
        line.remove();
        done += 1;
      } catch (wrong) {
        state.textContent = wrong instanceof Error ? wrong.message : say("Failed");
        line.classList.add("is-wrong");
        button.textContent = say("Again");
      }
      count();
      void show();
    };
    button.addEventListener("click", () => {
      if (line.classList.contains("is-wrong")) {
        line.classList.remove("is-wrong");
        button.textContent = say("Stop");
        state.textContent = say("Waiting");
        waiting.push(work);
        next();
        return;
      }
      stopped = true;
      known -= 1;
      sending?.stop();
      line.remove();
      count();
    });
    waiting.push(work);
  };
  const addAll = (found: Array<{ file: File; inside: string }>): void => {
    for (const one of found) add({ ...one, unit: unit.value });
    count();
    next();
  };

  for (const input of Array.from(form.querySelectorAll<HTMLInputElement>('input[type="file"]'))) {
    input.addEventListener("change", () => {
      addAll(Array.from(input.files ?? [], (file) => ({ file, inside: folderOf(file.webkitRelativePath || "") })));
      input.value = "";
    });
  }
  for (const kind of ["dragover", "dragleave", "drop"] as const) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
    });
  }
  zone.addEventListener("drop", (event) => {
    const items = Array.from(event.dataTransfer?.items ?? []);
    const entries = items.flatMap((one) => (one.webkitGetAsEntry?.() ?? []) as unknown as Entry | Entry[]);
    const plain = Array.from(event.dataTransfer?.files ?? [], (file) => ({ file, inside: "" }));
    if (entries.length) void filesIn(entries).then(addAll);
    else addAll(plain);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault();
  });
};
