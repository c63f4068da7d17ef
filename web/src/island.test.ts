import { beforeEach, describe, expect, it, vi } from "vitest";

import { optionsOf, type Chart, type Paint } from "./chart_options";
import { figure, isWriting, startAll } from "./island";
import { toast } from "./islands/dialog";
import { drawer, sizeSwitch } from "./islands/frame";
import { moved, once, order } from "./islands/order";
import { cellsOf, paste } from "./islands/paste";
import { placeOf, reading, tickAll } from "./islands/reading";
import { filesIn, folderOf, send } from "./islands/send";
import { pair, tabs } from "./islands/tabs";
import { narrow, tree } from "./islands/tree";
import { sizeOf } from "./islands/upload";
import { jumpOf, startKeys } from "./keys";

const press = (target: Element | Document, key: string): boolean =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const one = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(selector);
  return found;
};

beforeEach(() => {
  document.body.innerHTML = "";
  delete document.documentElement.dataset["size"];
});

describe("islands", () => {
  it("start once per element, also when a piece of page comes later", () => {
    document.body.innerHTML = '<p data-a></p>';
    const island = vi.fn();
    startAll(document, [["[data-a]", island]]);
    startAll(one("[data-a]"), [["[data-a]", island]]);
    expect(island).toHaveBeenCalledTimes(1);
  });

  it("tell figures without idle digits", () => {
    expect([figure(1.5), figure(2), figure(0.46), figure(10, 0)]).toEqual(["1.5", "2", "0.46", "10"]);
    expect(sizeOf(1572864)).toBe("1.5 MB");
  });
});

const TREE = `<ul role="tree" data-tree><li role="treeitem" aria-expanded="false" id="a"><div class="tree-row"><button class="twist"></button><a href="#a"><span>生活环境</span></a></div>
<ul role="group"><li role="treeitem" id="b"><div class="tree-row"><a href="#b"><span>农贸市场</span></a></div></li></ul></li>
<li role="treeitem" id="c"><div class="tree-row"><a href="#c"><span>社会环境</span></a></div></li></ul>`;

describe("the tree", () => {
  it("is walked with the arrow keys", () => {
    document.body.innerHTML = TREE;
    tree(one("[data-tree]"));
    expect(one("#a > ul").hidden).toBe(true);
    one("#a a").focus();
    press(one("#a a"), "ArrowRight");
    expect(one("#a").getAttribute("aria-expanded")).toBe("true");
    press(one("#a a"), "ArrowDown");
    expect(document.activeElement).toBe(one("#b a"));
    press(one("#b a"), "ArrowLeft");
    expect(document.activeElement).toBe(one("#a a"));
    press(one("#a a"), "End");
    expect(document.activeElement).toBe(one("#c a"));
  });

  it("opens by its twist and finds by words, with the way down to them", () => {
    document.body.innerHTML = TREE;
    tree(one("[data-tree]"));
    one(".twist").click();
    expect(one("#a > ul").hidden).toBe(false);
    one(".twist").click();
    narrow(one("[data-tree]"), "农贸");
    expect([one("#a").hidden, one("#b").hidden, one("#c").hidden, one("#a > ul").hidden]).toEqual([false, false, true, false]);
    narrow(one("[data-tree]"), "");
    expect(one("#c").hidden).toBe(false);
  });
});

describe("tabs and pairs", () => {
  it("show one panel and move with the arrow keys", () => {
    document.body.innerHTML = '<div data-tabs><button role="tab" aria-controls="x"></button><button role="tab" aria-controls="y"></button></div><p id="x"></p><p id="y"></p>';
    tabs(one("[data-tabs]"));
    expect([one("#x").hidden, one("#y").hidden]).toEqual([false, true]);
    one("button").focus();
    press(one("button"), "ArrowRight");
    expect([one("#x").hidden, one("#y").hidden]).toEqual([true, false]);
  });

  it("light the same node on both sides", () => {
    document.body.innerHTML = '<div data-pair><div class="box"><span data-node="n1" id="l"></span><span data-node="n2"></span></div><div class="box"><p data-node="n1" id="r"></p></div></div>';
    pair(one("[data-pair]"));
    one("#l").click();
    expect(one("#r").classList.contains("is-lit")).toBe(true);
    expect(document.querySelectorAll(".is-lit")).toHaveLength(2);
  });
});

describe("pasting from a sheet", () => {
  it("reads tabs, line ends of every kind and quoted cells", () => {
    expect(cellsOf('31\t市监所\r\n28\t"村镇办\n（城管）"\n\n19\t"他说""好"""')).toEqual([
      ["31", "市监所"],
      ["28", "村镇办\n（城管）"],
      ["19", '他说"好"'],
    ]);
  });

  it("counts the rows, says which are short, and shows text as text", () => {
    document.body.innerHTML = '<div data-paste data-columns="编号,单位"><textarea></textarea><p data-paste-count data-text="认出 {n} 行" data-short="，其中 {n} 行列数不够"></p><div data-paste-seen></div></div>';
    (one("textarea") as HTMLTextAreaElement).value = "31\t<img src=x>\n28";
    paste(one("[data-paste]"));
    expect(one("[data-paste-count]").textContent).toBe("认出 2 行，其中 1 行列数不够");
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("the frame", () => {
  it("keeps large type in a cookie", () => {
    document.body.innerHTML = "<button data-size-switch></button>";
    sizeSwitch(one("button"));
    one("button").click();
    expect(document.documentElement.dataset["size"]).toBe("large");
    expect(document.cookie).toContain("size=large");
    one("button").click();
    expect(document.documentElement.dataset["size"]).toBeUndefined();
  });

  it("opens the drawer and shuts it by Escape", () => {
    document.body.innerHTML = '<a data-drawer href="#side"></a><nav id="side"><a href="#x"></a></nav>';
    drawer(one("#side"));
    one("[data-drawer]").click();
    expect(one("#side").classList.contains("is-open")).toBe(true);
    press(document, "Escape");
    expect(one("#side").classList.contains("is-open")).toBe(false);
  });

  it("obeys single keys, but not while somebody writes", () => {
    document.body.innerHTML = '<input id="find"><a data-jump="h" href="/home"></a>';
    const go = vi.fn();
    startKeys(go);
    press(document.body, "/");
    expect(document.activeElement).toBe(one("#find"));
    expect(isWriting(one("#find"))).toBe(true);
    press(one("#find"), "g");
    press(one("#find"), "h");
    expect(go).not.toHaveBeenCalled();
    press(document.body, "g");
    press(document.body, "h");
    expect(go).toHaveBeenCalledWith("/home");
    expect(jumpOf('"]')).toBeNull();
  });

  it("says a message as text", () => {
    document.body.innerHTML = '<div id="toasts"></div>';
    toast("<b>没有网络</b>", "bad");
    expect(one("#toasts").textContent).toContain("<b>没有网络</b>");
  });
});

describe("charts", () => {
  const paint: Paint = { ink: "#000", faint: "#555", line: "#ddd", main: "#0e5a6b", bad: "#b00", size: 12, unknown: "未测" };
  const chart: Chart = { title: "走势", labels: ["7 月", "8 月"], series: [{ name: "预计", values: [77, 80], low: [75, 78], high: [79, 82] }], kind: "line", unit: "分", mark: 85, mark_label: "达标线", least: null, most: null, notes: [["8 月", "模拟"]] };

  it("draws the interval as a band under its line, and the line to reach", () => {
    const series = optionsOf(chart, paint)["series"] as Array<Record<string, unknown>>;
    expect(series.map((row) => row["data"])).toEqual([[75, 78], [4, 4], [77, 80]]);
    expect(JSON.stringify(series[2])).toContain('"yAxis":85');
  });

  it("leaves what nobody measured as a gap and says so", () => {
    const options = optionsOf({ ...chart, kind: "bars", mark: null, notes: [] }, paint);
    const { valueFormatter } = options["tooltip"] as { valueFormatter: (value: unknown) => string };
    expect(valueFormatter(null)).toBe("未测");
    expect(valueFormatter(80)).toBe("80 分");
  });
});

describe("an order that people make", () => {
  const page = (): { list: HTMLElement; sent: ReturnType<typeof vi.fn> } => {
    document.body.innerHTML =
      '<form id="f"></form><ol data-order="f"><li data-key="1" tabindex="0"></li><li data-key="2" tabindex="0"></li><li data-key="3"></li></ol>';
    const form = one("#f") as HTMLFormElement;
    const sent = vi.fn();
    form.requestSubmit = sent;
    order(one("ol"));
    return { list: one("ol"), sent };
  };
  const keys = (list: HTMLElement): (string | undefined)[] =>
    Array.from(list.children).map((item) => (item as HTMLElement).dataset["key"]);

  it("moves within its ends", () => {
    expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
    expect(moved([1, 2, 3], 0, -1)).toEqual([1, 2, 3]);
    expect(moved([1, 2, 3], 2, 5)).toEqual([1, 2, 3]);
  });

  it("is changed by Alt and an arrow, and sent", () => {
    const { list, sent } = page();
    list.children[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true, bubbles: true }));
    expect(keys(list)).toEqual(["2", "1", "3"]);
    expect(sent).toHaveBeenCalledTimes(1);
    list.children[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", altKey: true, bubbles: true }));
    list.children[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(sent).toHaveBeenCalledTimes(1);
  });

  it("is changed by dragging, and sent only when something moved", () => {
    const { list, sent } = page();
    const drag = (kind: string, on: Element, y = 0): boolean =>
      on.dispatchEvent(Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { clientY: y }));
    const [first, second] = Array.from(list.children) as [Element, Element];
    drag("dragstart", first);
    drag("dragend", first);
    expect(sent).not.toHaveBeenCalled();
    drag("dragstart", first);
    drag("dragover", second, 1);
    drag("dragend", first);
    expect(keys(list)).toEqual(["2", "1", "3"]);
    expect(sent).toHaveBeenCalledTimes(1);
  });

  it("a form that takes long is sent once", () => {
    document.body.innerHTML = "<form></form>";
    const form = one("form");
    once(form);
    const send = (): boolean => form.dispatchEvent(new Event("submit", { cancelable: true }));
    expect([send(), send()]).toEqual([true, false]);
  });
});

const PAGES = `<section data-pages><a rel="prev" href="#p"></a><a rel="next" href="#n"></a><div data-page-text>市场内<mark>不得</mark>占道经营。😀末尾</div>
<details data-proof><form><textarea name="quote"></textarea><input name="start"></form></details></section>`;
const select = (from: Node, start: number, to: Node, end: number): void => {
  const range = document.createRange();
  range.setStart(from, start);
  range.setEnd(to, end);
  document.getSelection()?.removeAllRanges();
  document.getSelection()?.addRange(range);
};

describe("the pages of a document", () => {
  it("turn with the arrows, but not while somebody writes", () => {
    document.body.innerHTML = PAGES;
    reading(one("[data-pages]"));
    const clicked: string[] = [];
    for (const link of document.querySelectorAll("a")) link.addEventListener("click", () => clicked.push(link.rel));
    press(document, "ArrowRight");
    press(document, "ArrowLeft");
    press(one("textarea"), "ArrowRight");
    expect(clicked).toEqual(["next", "prev"]);
  });

  it("tell where words stand, counted in characters, across marks", () => {
    document.body.innerHTML = PAGES;
    const text = one("[data-page-text]");
    const [first, , last] = Array.from(text.childNodes) as unknown as [Node, Node, Node];
    select(first, 2, last, 4);
    expect(placeOf(text, document.getSelection() as Selection)).toEqual({ quote: "内不得占道经营", start: 2 });
    select(last, 7, last, 9);
    expect(placeOf(text, document.getSelection() as Selection)).toEqual({ quote: "末尾", start: 11 });
    select(document.body, 0, last, 1);
    expect(placeOf(text, document.getSelection() as Selection)).toBeNull();
  });

  it("put selected words into the form; words typed have no place", async () => {
    document.body.innerHTML = PAGES;
    reading(one("[data-pages]"));
    const text = one("[data-page-text]");
    select(text.childNodes[2] as Node, 0, text.childNodes[2] as Node, 4);
    text.dispatchEvent(new Event("mouseup"));
    await new Promise((go) => setTimeout(go, 5));
    const quote = one("textarea") as HTMLTextAreaElement;
    const start = one("[name=start]") as HTMLInputElement;
    expect([quote.value, start.value]).toEqual(["占道经营", "5"]);
    quote.dispatchEvent(new Event("input"));
    expect(start.value).toBe("");
  });

  it("ticks all boxes of a name, then none", () => {
    document.body.innerHTML = '<button data-tick-all="a"></button><input type="checkbox" name="a" checked><input type="checkbox" name="a"><input type="checkbox" name="b">';
    tickAll(one("button"));
    const ticked = (): boolean[] => Array.from(document.querySelectorAll("input"), (box) => box.checked);
    one("button").click();
    expect(ticked()).toEqual([true, true, false]);
    one("button").click();
    expect(ticked()).toEqual([false, false, false]);
  });
});

describe("bringing files in", () => {
  const entry = (path: string): object => ({
    isFile: true,
    isDirectory: false,
    fullPath: path,
    file: (found: (file: File) => void) => found(new File(["1"], path.slice(path.lastIndexOf("/") + 1))),
  });

  it("opens folders to the last file, however many", async () => {
    const many = Array.from({ length: 150 }, (_, n) => entry(`/市场/东门/${n}.jpg`));
    const folder = {
      isFile: false,
      isDirectory: true,
      fullPath: "/市场",
      createReader: () => ({ readEntries: (found: (some: object[]) => void) => found(many.splice(0, 100)) }),
    };
    const found = await filesIn([folder, entry("/一.docx")] as never);
    expect([found.length, found[0]?.inside, found[150]?.inside]).toEqual([151, "市场/东门", ""]);
    expect(folderOf("1.jpg")).toBe("");
  });

  const FORM = `<form action="http://localhost/archive/add/" data-send data-large="10" data-text-waiting="等" data-text-all="{done}/{all}" data-text-failed="没有传成"
    data-text-again="再试" data-text-stop="取消"><input name="csrfmiddlewaretoken" value="t"><input name="batch" value="page-1"><select name="unit"><option value="office">创文办</option></select>
    <div data-send-drop></div><input type="file" name="files"><p data-send-all hidden></p><ul data-send-list></ul></form><div data-send-came></div>`;

  it("sends what is chosen, shows what came, and tells a refusal beside its file", async () => {
    document.body.innerHTML = FORM;
    const sent: FormData[] = [];
    class Line {
      upload = new EventTarget();
      status = 0;
      responseText = "";
      private told = new EventTarget();
      open(): void {}
      setRequestHeader(): void {}
      abort(): void {}
      addEventListener(kind: string, heard: () => void): void {
        this.told.addEventListener(kind, heard);
      }
      send(body: FormData): void {
        sent.push(body);
        this.status = sent.length === 1 ? 200 : 507;
        this.responseText = '{"message": "磁盘满了"}';
        setTimeout(() => this.told.dispatchEvent(new Event("load")));
      }
    }
    vi.stubGlobal("XMLHttpRequest", Line);
    const asked = vi.fn((_address: string) => Promise.resolve(new Response("<p>收到的</p>")));
    vi.stubGlobal("fetch", asked);
    send(one("form"));
    const input = one("input[type=file]") as HTMLInputElement;
    Object.defineProperty(input, "files", { value: [new File(["1"], "一.txt"), new File(["2"], "二.txt")] });
    input.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(one("[data-send-came]").textContent).toBe("收到的"));
    expect(sent.map((body) => [body.get("batch"), body.get("unit"), (body.get("files") as File).name])).toEqual([
      ["page-1", "office", "一.txt"],
      ["page-1", "office", "二.txt"],
    ]);
    expect(asked.mock.calls[0]?.[0]).toBe("http://localhost/archive/add/page-1/?piece=1");
    expect(one("[data-send-list]").textContent).toContain("磁盘满了");
    expect([one("[data-send-all]").textContent, one("li button").textContent]).toEqual(["1/2", "再试"]);
    vi.unstubAllGlobals();
  });
});
