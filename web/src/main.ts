import "./css/main.css";

import htmx from "htmx.org";

import { startAll, type Island } from "./island";
import { chart } from "./islands/chart";
import { dialog, opener, toast } from "./islands/dialog";
import { choices, drawer, filters, menu, printer, sizeSwitch } from "./islands/frame";
import { locate } from "./islands/locate";
import { once, order } from "./islands/order";
import { paste } from "./islands/paste";
import { reading, tickAll } from "./islands/reading";
import { send } from "./islands/send";
import { pair, tabs } from "./islands/tabs";
import { tree } from "./islands/tree";
import { drop, progress } from "./islands/upload";
import { startKeys } from "./keys";

const ISLANDS: ReadonlyArray<readonly [string, Island]> = [
  ["[data-tree]", tree],
  ["[data-tabs]", tabs],
  ["[data-pair]", pair],
  ["[data-drop]", drop],
  ["[data-progress]", progress],
  ["[data-open]", opener],
  ["dialog", dialog],
  ["[data-send]", send],
  ["[data-pages]", reading],
  ["[data-tick-all]", tickAll],
  ["[data-locate]", locate],
  ["[data-paste]", paste],
  ["[data-order]", order],
  ["[data-once]", once],
  ["[data-chart]", chart],
  ["[data-size-switch]", sizeSwitch],
  ["#side", drawer],
  ["[data-switch]", menu],
  ["[data-filters]", filters],
  [".choices", choices],
  ["[data-print]", printer],
];

// The pages forbid inline script and style, so htmx must not bring any.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.body.dataset["csrf"];
  const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
  if (token) headers["X-CSRFToken"] = token;
});
// A refusal answers with its own piece of page: show it where the answer belongs.
document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
  if ([400, 403, 409, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
const said = (name: string): string => document.getElementById("toasts")?.dataset[name] ?? "";
document.addEventListener("htmx:sendError", () => toast(said("offline"), "bad"));
document.addEventListener("htmx:responseError", () => toast(said("failed"), "bad"));
document.addEventListener("toast", (event) => {
  const { text, tone } = (event as CustomEvent<{ text: string; tone?: "good" | "warn" | "bad" }>).detail;
  toast(text, tone ?? "good");
});
document.addEventListener("htmx:load", (event) => {
  const { elt } = (event as CustomEvent<{ elt: HTMLElement }>).detail;
  startAll(elt, ISLANDS);
});

startAll(document, ISLANDS);
startKeys();
