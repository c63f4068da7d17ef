import type { Island } from "../island";

const QUIET = 1500;
const DESK = "(min-width: 900px)";

/**
 * A chart is drawn when it comes into sight; the library is loaded only then. At a desk it is drawn soon after the page
 * stands all the same: paper has no sight to come into.
 */
export const chart: Island = (figure) => {
  const source = document.getElementById(figure.dataset["chart"] ?? "");
  const canvas = figure.querySelector<HTMLElement>(".chart-canvas");
  if (!source?.textContent || !canvas) return;
  const text = source.textContent;
  let begun = false;
  const begin = async (): Promise<void> => {
    if (begun) return;
    begun = true;
    const { drawChart } = await import("../chart_drawing");
    figure.classList.add("is-drawn");
    drawChart(canvas, JSON.parse(text));
  };
  if (!("IntersectionObserver" in window)) {
    void begin();
    return;
  }
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    void begin();
  }, { rootMargin: "300px" });
  watch.observe(figure);
  if (window.matchMedia?.(DESK).matches) window.setTimeout(() => void begin(), QUIET);
};
