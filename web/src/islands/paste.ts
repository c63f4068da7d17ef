import type { Island } from "../island";

/** Cells of what Excel or WPS puts on the clipboard: tabs between cells, quotes round cells with line breaks. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = (): void => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = (): void => {
    endCell();
    if (row.some((one) => one !== "")) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t") endCell();
    else if (sign === "\n") endRow();
    else if (sign !== "\r") cell += sign;
  }
  endRow();
  return rows;
}

/** A paste box shows at once what it makes of the rows, under the headings that it expects. */
export const paste: Island = (root) => {
  const area = root.querySelector<HTMLTextAreaElement>("textarea");
  const seen = root.querySelector<HTMLElement>("[data-paste-seen]");
  const count = root.querySelector<HTMLElement>("[data-paste-count]");
  const heads = (root.dataset["columns"] ?? "").split(",").filter((one) => one !== "");
  if (!area || !seen || !count) return;
  const show = (): void => {
    const rows = cellsOf(area.value);
    const short = rows.filter((row) => row.length < heads.length).length;
    seen.textContent = "";
    count.textContent = rows.length ? (count.dataset["text"] ?? "").replace("{n}", String(rows.length)) : "";
    count.classList.toggle("bad", short > 0);
    if (short) count.textContent += (count.dataset["short"] ?? "").replace("{n}", String(short));
    if (!rows.length) return;
    const table = document.createElement("table");
    table.className = "sheet";
    const line = (cells: string[], kind: "th" | "td", parent: HTMLElement): void => {
      const tr = document.createElement("tr");
      for (const text of cells) {
        const cell = document.createElement(kind);
        cell.textContent = text;
        tr.append(cell);
      }
      parent.append(tr);
    };
    const head = table.createTHead();
    const body = table.createTBody();
    line(heads, "th", head);
    for (const row of rows.slice(0, 100)) line(row, "td", body);
    seen.append(table);
  };
  area.addEventListener("input", show);
  show();
};
