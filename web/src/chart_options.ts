// From the plain data of kit.charts.Chart to the options of the chart library. Pure, so that it can be tested.

export interface Series {
  name: string;
  values: Array<number | null>;
  low: Array<number | null>;
  high: Array<number | null>;
}

export interface Chart {
  title: string;
  labels: string[];
  series: Series[];
  kind: "line" | "bars" | "lying" | "stack";
  unit: string;
  mark: number | null;
  mark_label: string;
  least: number | null;
  most: number | null;
  notes: Array<[string, string]>;
  days?: string[];
}

export interface Paint {
  ink: string;
  faint: string;
  line: string;
  main: string;
  bad: string;
  size: number;
  unknown: string;
}

type Options = Record<string, unknown>;
// Shades that differ in lightness too, so that they can be told apart in black and white.
const SHADES = ["#0e5a6b", "#86b8c3", "#45525e", "#b4a7cf", "#5b4a8a", "#b9c1c8"];

function bandOf(one: Series, shade: string): Options[] {
  if (!one.low.length || !one.high.length) return [];
  const gap = one.high.map((high, at) => {
    const low = one.low[at];
    return high === null || low === null || low === undefined ? null : high - low;
  });
  const base = { type: "line", stack: `band-${one.name}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, z: 1 };
  return [
    { ...base, name: `${one.name}-low`, data: one.low },
    { ...base, name: `${one.name}-high`, data: gap, areaStyle: { color: shade, opacity: 0.14 } },
  ];
}

function markOf(chart: Chart, paint: Paint): Options {
  if (chart.mark === null) return {};
  const place = chart.kind === "lying" ? { xAxis: chart.mark } : { yAxis: chart.mark };
  return {
    markLine: {
      symbol: "none",
      silent: true,
      lineStyle: { color: paint.bad, type: "dashed", width: 1.5 },
      label: { formatter: chart.mark_label || String(chart.mark), color: paint.bad, position: "insideEndTop", fontSize: paint.size },
      data: [place],
    },
  };
}

function notesOf(chart: Chart, paint: Paint): Options {
  const first = chart.series[0];
  if (!chart.notes.length || !first) return {};
  return {
    markPoint: {
      symbol: "circle",
      symbolSize: 7,
      itemStyle: { color: paint.ink },
      label: { position: "bottom", distance: 8, color: paint.ink, fontSize: paint.size },
      data: chart.notes.map(([label, text]) => ({
        coord: [label, first.values[chart.labels.indexOf(label)] ?? 0],
        value: text,
      })),
    },
  };
}

/** Points at their true days: [day, value], each with its interval as a whisker, since nothing is known in between. */
function timedOf(chart: Chart, paint: Paint): Options[] {
  const days = chart.days ?? [];
  const named = (place: number): string => (chart.labels[place] ?? "").split(" ").slice(1).join(" ");
  return chart.series.map((one, at) => {
    const shade = SHADES[at % SHADES.length] ?? paint.main;
    const whiskers = days.flatMap((day, place) => {
      const [low, high] = [one.low[place], one.high[place]];
      return low === null || high === null || low === undefined || high === undefined ? [] : [[{ coord: [day, low], symbol: "none" }, { coord: [day, high], symbol: "none" }]];
    });
    const line = markOf(chart, paint) as { markLine?: Options & { data: unknown[] } };
    const marks = { symbol: "none", silent: true, ...(line.markLine ?? {}), data: [...(at === 0 ? (line.markLine?.data ?? []) : []), ...whiskers.map(([from, to]) => [{ ...from, lineStyle: { color: shade, type: "solid", width: 2, opacity: 0.45 }, label: { show: false } }, to])] };
    const label = { show: true, position: "bottom", distance: 10, color: paint.faint, fontSize: paint.size, formatter: (point: { dataIndex: number }): string => (named(point.dataIndex) === named(point.dataIndex + 1) ? "" : named(point.dataIndex)) };
    return { name: one.name, type: "line", data: days.map((day, place) => ({ value: [day, one.values[place] ?? null], label: { align: place === 0 ? "left" : place === days.length - 1 ? "right" : "center" } })), symbolSize: 7, connectNulls: true, label, labelLayout: { hideOverlap: true }, lineStyle: { width: 2, color: shade }, itemStyle: { color: shade }, markLine: marks, z: 3 };
  });
}

function seriesOf(chart: Chart, paint: Paint): Options[] {
  return chart.series.flatMap((one, at) => {
    const shade = SHADES[at % SHADES.length] ?? paint.main;
    const own: Options = { name: one.name, data: one.values, itemStyle: { color: shade }, z: 3 };
    if (at === 0) Object.assign(own, markOf(chart, paint), notesOf(chart, paint));
    if (chart.kind === "line") {
      return [...bandOf(one, shade), { ...own, type: "line", symbolSize: 6, connectNulls: false, lineStyle: { width: 2, color: shade } }];
    }
    return [{ ...own, type: "bar", barMaxWidth: 22, ...(chart.kind === "stack" ? { stack: "all" } : {}) }];
  });
}

/** The options for one chart; `paint` are the colours of the page. */
export function optionsOf(chart: Chart, paint: Paint): Options {
  const words = { color: paint.faint, fontSize: paint.size };
  const names = { type: "category", data: chart.labels, axisLabel: { ...words, hideOverlap: true, margin: 10 }, axisTick: { show: false }, axisLine: { lineStyle: { color: paint.line } }, boundaryGap: chart.kind !== "line", inverse: chart.kind === "lying" };
  const roomy = chart.least === null && chart.kind === "line" && chart.notes.length > 0;
  const below = ({ min, max }: { min: number; max: number }): number => Math.floor(min - (max - min) * 0.35);
  const values = { type: "value", scale: chart.least === null && chart.kind === "line", ...(roomy ? { min: below } : {}), ...(chart.least === null ? {} : { min: chart.least }), ...(chart.most === null ? {} : { max: chart.most }), splitNumber: 4, axisLabel: { ...words, showMinLabel: !roomy }, splitLine: { lineStyle: { color: paint.line } } };
  const lying = chart.kind === "lying";
  const timed = Boolean(chart.days?.length);
  const time = { type: "time", axisLabel: { ...words, hideOverlap: true, margin: 10, formatter: "{yyyy}-{MM}" }, axisLine: { lineStyle: { color: paint.line } }, axisTick: { show: false }, splitLine: { show: false } };
  return {
    animation: false,
    textStyle: { fontFamily: "inherit", color: paint.ink, fontSize: paint.size },
    grid: { left: 4, right: timed ? 40 : 16, top: chart.series.length > 1 ? 34 : 18, bottom: 2, containLabel: true },
    legend: { show: chart.series.length > 1, top: 0, left: 0, icon: "roundRect", itemGap: 18, itemWidth: 14, itemHeight: 8, textStyle: words, data: chart.series.map((one) => one.name) },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value: unknown) => (value === null || value === undefined ? paint.unknown : `${String(value)} ${chart.unit}`.trim()) },
    xAxis: timed ? time : lying ? values : names,
    yAxis: lying ? names : values,
    series: timed ? timedOf(chart, paint) : seriesOf(chart, paint),
  };
}
