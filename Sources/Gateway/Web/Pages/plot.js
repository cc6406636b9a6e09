// Lines over time, as SVG.
import { el } from "./dom.js";

const size = { height: 150, left: 46, right: 8, top: 10, bottom: 20 };

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A round number at or above a value: 1, 2 or 5 times a power of ten. */
function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

/** One card: a name, what it is now, and its lines. `lines`: `[{ name, tone }]`, `format` writes a value. */
export class Plot {
  element;
  #lines; #format; #name;
  #figures = el("dl", { class: "plot-figures" });
  #drawing = svg("svg", { role: "img" });
  #width = 460;
  #tip = el("div", { class: "plot-tip", hidden: true, "aria-hidden": "true" });
  #samples = [];
  #x = null;

  constructor(name, lines, format) {
    this.#name = name;
    this.#lines = lines;
    this.#format = format;
    this.element = el("section", { class: "card plot", "aria-label": name },
      el("div", { class: "row between" }, el("h2", {}, name), this.#figures), el("div", { class: "plot-box" }, this.#drawing, this.#tip));
    this.#drawing.addEventListener("pointermove", (event) => this.#point(event));
    this.#drawing.addEventListener("pointerleave", () => { this.#tip.hidden = true; });
    new ResizeObserver(() => this.draw(this.#samples)).observe(this.#drawing);
    this.draw([]);
  }

  /** `samples`: `[{ at, values }]` in order of time (seconds), each with a value or null per line. */
  draw(samples) {
    this.#samples = samples;
    const { height, left, right, top, bottom } = size;
    const width = this.#drawing.clientWidth || this.#width;
    this.#width = width;
    this.#drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const values = samples.flatMap((sample) => sample.values).filter((value) => value !== null);
    const most = ceiling(Math.max(0, ...values));
    const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 1];
    const x = (at) => left + ((at - first) / Math.max(1e-9, last - first)) * (width - left - right);
    const y = (value) => height - bottom - (value / most) * (height - top - bottom);
    this.#x = x;
    const grid = [0, 0.5, 1].flatMap((part) => [
      svg("line", { x1: left, x2: width - right, y1: y(most * part), y2: y(most * part), class: "plot-grid" }),
      svg("text", { x: left - 6, y: y(most * part) + 4, class: "plot-label", "text-anchor": "end" }, this.#format(most * part)),
    ]);
    const ago = Math.round(last - first);
    const times = values.length && samples.length > 1 ? [
      svg("text", { x: left, y: height - 4, class: "plot-label" }, ago < 120 ? `${ago} s ago` : `${Math.round(ago / 60)} min ago`),
      svg("text", { x: width - right, y: height - 4, class: "plot-label", "text-anchor": "end" }, "now"),
    ] : [svg("text", { x: (left + width) / 2, y: height * 0.3, class: "plot-label", "text-anchor": "middle" }, "Nothing yet")];
    this.#drawing.replaceChildren(...grid, ...times, ...this.#lines.flatMap((line, index) => this.#line(line, index, x, y)));
    this.#drawing.setAttribute("aria-label", `${this.#name}: ${this.#lines.map((line, index) => `${line.name} ${this.#format(samples.at(-1)?.values[index] ?? null)}`).join(", ")}`);
    this.#figures.replaceChildren(...this.#lines.map((line, index) =>
      el("div", {}, el("dt", { class: `tone-${line.tone}` }, line.name), el("dd", {}, this.#format(samples.at(-1)?.values[index] ?? null)))));
  }

  /** A line, interrupted where there is nothing, with a faint area below the first. */
  #line({ tone }, index, x, y) {
    const runs = [[]];
    for (const { at, values } of this.#samples) {
      if (values[index] === null) runs.push([]);
      else runs.at(-1).push([x(at), y(values[index])]);
    }
    return runs.filter((run) => run.length).flatMap((run) => {
      const points = run.map((point) => point.map((part) => part.toFixed(1)).join(",")).join(" ");
      if (run.length === 1) return [svg("circle", { cx: run[0][0], cy: run[0][1], r: 2, class: `plot-dot tone-${tone}` })];
      const area = svg("polygon", { points: `${run[0][0].toFixed(1)},${y(0)} ${points} ${run.at(-1)[0].toFixed(1)},${y(0)}`, class: `plot-area tone-${tone}` });
      return [...(index ? [] : [area]), svg("polyline", { points, class: `plot-line tone-${tone}` })];
    });
  }

  /** Tells the values where the pointer is. */
  #point(event) {
    if (this.#samples.length < 2) return;
    const box = this.#drawing.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * this.#width;
    const x = this.#x;
    const sample = this.#samples.reduce((best, each) => (Math.abs(x(each.at) - place) < Math.abs(x(best.at) - place) ? each : best));
    this.#tip.hidden = false;
    this.#tip.textContent = `${new Date(sample.at * 1000).toLocaleTimeString()}\n${this.#lines.map((line, index) => `${line.name}: ${this.#format(sample.values[index])}`).join("\n")}`;
    const share = x(sample.at) / this.#width;
    this.#tip.style.left = `${share * 100}%`;
    this.#tip.style.transform = `translateX(${share > 0.6 ? "calc(-100% - 8px)" : "8px"})`;
  }
}
