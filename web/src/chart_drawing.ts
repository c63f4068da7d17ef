// Loaded only on pages with a chart: Apache ECharts by parts.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { optionsOf, type Chart, type Paint } from "./chart_options";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, SVGRenderer]);

function paintOf(element: HTMLElement): Paint {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    faint: read("--ink-3"),
    line: read("--line"),
    main: read("--main"),
    bad: read("--bad"),
    size: Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.86),
    unknown: element.dataset["unknown"] ?? "—",
  };
}

/** Draw a chart into an element; it follows the element's width and the type size. */
export function drawChart(canvas: HTMLElement, chart: Chart): void {
  const drawn = init(canvas, undefined, { renderer: "svg" });
  const draw = (): void => {
    drawn.setOption(optionsOf(chart, paintOf(canvas)), true);
    drawn.resize();
  };
  draw();
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", draw);
}
