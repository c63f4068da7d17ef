import type { Island } from "../island";

/** A chart is drawn when it comes into sight; the library is loaded only then. */
export const chart: Island = (figure) => {
  const source = document.getElementById(figure.dataset["chart"] ?? "");
  const canvas = figure.querySelector<HTMLElement>(".chart-canvas");
  if (!source?.textContent || !canvas) return;
  const text = source.textContent;
  const begin = async (): Promise<void> => {
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
};
