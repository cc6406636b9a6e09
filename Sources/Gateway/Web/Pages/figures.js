// Reads Prometheus text, and makes of samples what people want to see: rates and percentiles.

/** The lines of a scrape: `name → [{ labels, value }]`. */
export function parseFigures(text) {
  const families = new Map();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] ?? "").matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
    }
    if (!families.has(match[1])) families.set(match[1], []);
    families.get(match[1]).push({ labels, value: Number(match[3].replace("Inf", "Infinity")) });
  }
  return new Figures(families);
}

export class Figures {
  at = Date.now() / 1000;
  #families;

  constructor(families) { this.#families = families; }

  series(name, wanted = {}) {
    return (this.#families.get(name) ?? []).filter(({ labels }) =>
      Object.entries(wanted).every(([label, value]) => (value instanceof Set ? value.has(labels[label]) : labels[label] === value)));
  }

  sum(name, wanted) { return this.series(name, wanted).reduce((sum, { value }) => sum + value, 0); }

  /** Sums by the values of some labels: `[{ labels, value }]`. */
  sumBy(name, by, wanted) {
    const sums = new Map();
    for (const { labels, value } of this.series(name, wanted)) {
      const key = JSON.stringify(by.map((label) => labels[label] ?? ""));
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return [...sums].map(([key, value]) => ({ labels: Object.fromEntries(JSON.parse(key).map((text, index) => [by[index], text])), value }));
  }

  /** Counts up to each bound, over all series of a histogram. */
  buckets(name) {
    const counts = new Map();
    for (const { labels, value } of this.series(`${name}_bucket`)) {
      const bound = Number(labels.le.replace("+Inf", "Infinity"));
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    return counts;
  }
}

/** What a counter grew per second; null where it began anew. */
export function rate(before, after, name, wanted) {
  const grown = after.sum(name, wanted) - before.sum(name, wanted);
  const seconds = after.at - before.at;
  return grown < 0 || seconds <= 0 ? null : grown / seconds;
}

/** A percentile of what a histogram took in between two scrapes, in its unit; null for nothing. */
export function percentile(before, after, name, share) {
  const [old, fresh] = [before.buckets(name), after.buckets(name)];
  const bounds = [...fresh.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => fresh.get(bound) - (old.get(bound) ?? 0));
  const all = counts.at(-1) ?? 0;
  if (all <= 0) return null;
  const wanted = all * share;
  const index = counts.findIndex((count) => count >= wanted);
  const low = index > 0 ? bounds[index - 1] : 0;
  if (bounds[index] === Infinity) return low;
  const below = index > 0 ? counts[index - 1] : 0;
  return low + (bounds[index] - low) * ((wanted - below) / Math.max(1, counts[index] - below));
}

/** A figure in a few characters. */
export function short(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return `${trim(value / 1e9)} G`;
  if (size >= 1e6) return `${trim(value / 1e6)} M`;
  if (size >= 1e4) return `${trim(value / 1e3)} k`;
  return trim(value);
}

function trim(value) {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

/** An amount of dollars, small ones exactly enough to be told apart. */
export function dollars(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return value && Math.abs(value) < 1 ? String(Number(value.toPrecision(3))) : value.toFixed(2);
}

/** Bytes in a unit that fits. */
export function bytes(value) {
  if (value < 1024) return `${value} B`;
  return value < 1048576 ? `${trim(value / 1024)} KiB` : `${trim(value / 1048576)} MiB`;
}

/** Seconds in a unit that fits. */
export function span(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds === 0) return "0 s";
  if (seconds < 0.001) return `${trim(seconds * 1e6)} µs`;
  if (seconds < 1) return `${trim(seconds * 1e3)} ms`;
  if (seconds < 120) return `${trim(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${trim(seconds / 3600)} h`;
}
