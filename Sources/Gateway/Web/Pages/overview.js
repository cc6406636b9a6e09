// What goes on, drawn from the gateway's own last hour and then from samples of its figures.
import { el } from "./dom.js";
import { dollars, percentile, rate, short, span } from "./figures.js";
import { Plot } from "./plot.js";

const firstToken = "gen_ai_server_time_to_first_token_seconds";
const cost = "sluice_cost_usd_total";
// Percentiles of fewer requests than come in half a minute would jump.
const window = 15;

export class Overview {
  id = "overview";
  name = "Overview";
  element = el("div", { class: "section overview" });
  #state;
  #tiles = el("dl", { class: "tiles-row" });
  #plots;

  constructor(state) {
    this.#state = state;
    const hits = new Set(["hit", "live"]);
    const share = (before, after, name, wanted) => {
      const all = rate(before, after, name);
      return all ? (rate(before, after, name, wanted) ?? 0) / all : null;
    };
    const each = (before, after, source) => rate(before, after, "sluice_request_errors_total", { source });
    const percent = (value) => (value === null ? "–" : `${Math.round(value * 100)} %`);
    this.#plots = [
      { plot: new Plot("Requests per second", [{ name: "all", tone: "main" }, { name: "failed", tone: "bad" }], short),
        of: (a, b) => [rate(a, b, "sluice_requests_total"), rate(a, b, "sluice_request_errors_total")],
        from: (p) => [p.requests / p.seconds, (p.errors.client + p.errors.gateway + p.errors.upstream) / p.seconds] },
      { plot: new Plot("Failures per second, by cause", [{ name: "upstream", tone: "bad" }, { name: "gateway", tone: "warn" }, { name: "client", tone: "other" }], short),
        of: (a, b) => [each(a, b, "upstream"), each(a, b, "gateway"), each(a, b, "client")],
        from: (p) => [p.errors.upstream / p.seconds, p.errors.gateway / p.seconds, p.errors.client / p.seconds] },
      { plot: new Plot("Time to first token", [{ name: "median", tone: "main" }, { name: "95 %", tone: "warn" }], span),
        isSlow: true, of: (a, b) => [percentile(a, b, firstToken, 0.5), percentile(a, b, firstToken, 0.95)],
        from: (p) => [seconds(p.first_event_p50_ms), seconds(p.first_event_p95_ms)] },
      { plot: new Plot("Tokens per second", [{ name: "out", tone: "main" }, { name: "in", tone: "other" }], short),
        of: (a, b) => [rate(a, b, "sluice_tokens_total", { type: "output" }), rate(a, b, "sluice_tokens_total", { type: "input" })],
        from: (p) => [p.tokens_out / p.seconds, p.tokens_in / p.seconds] },
      { plot: new Plot("Under way", [{ name: "requests", tone: "main" }, { name: "calls", tone: "other" }], short),
        of: (_, b) => [b.sum("sluice_requests_in_flight"), b.sum("sluice_upstream_transfers_in_flight")], from: (p) => [p.in_flight, p.calls_in_flight] },
      { plot: new Plot("Answered from the cache", [{ name: "share", tone: "good" }], percent),
        isSlow: true, of: (a, b) => [share(a, b, "sluice_cache_requests_total", { result: hits })], from: (p) => [p.cache_requests ? p.cache_hits / p.cache_requests : null] },
      { plot: new Plot("Cost per hour", [{ name: "$", tone: "warn" }], dollars), isSlow: true, isShown: (now) => now.series(cost).length > 0,
        of: (a, b) => [hourly(rate(a, b, cost))], from: (p) => [hourly(p.cost_usd / p.seconds)] },
      { plot: new Plot("Load", [{ name: "cores", tone: "main" }], short),
        of: (a, b) => [rate(a, b, "process_cpu_seconds_total")], from: (p) => [p.cpu_seconds / p.seconds] },
    ];
    this.element.append(this.#tiles, el("div", { class: "plots" }, this.#plots.map(({ plot }) => plot.element)));
  }

  update() {
    const { samples } = this.#state;
    const now = samples.at(-1);
    if (now) this.#drawTiles(now);
    this.#drawPlots(samples);
  }

  #drawTiles(now) {
    const started = now.series("process_start_time_seconds")[0]?.value;
    const errors = now.sum("sluice_request_errors_total");
    const all = now.sum("sluice_requests_total");
    this.#tiles.replaceChildren(...[
      ["Requests", short(all)], ["Failed", all ? `${short(errors)} (${short((errors / all) * 100)} %)` : short(errors)],
      ["Connections", short(now.sum("sluice_connections"))], ["Tokens out", short(now.sum("sluice_tokens_total", { type: "output" }))],
      ...(now.series(cost).length ? [["Cost", `$ ${dollars(now.sum(cost))}`]] : []),
      ["Memory", `${short(now.sum("process_resident_memory_bytes") / 1048576)} MiB`], ["Up for", started ? span(now.at - started) : "–"],
    ].map(([name, value]) => el("div", { class: "card tile" }, el("dt", {}, name), el("dd", {}, value))));
  }

  #drawPlots(samples) {
    const { points } = this.#state.history;
    const latest = points.at(-1)?.at ?? 0;
    for (const { plot, of, from, isSlow, isShown } of this.#plots) {
      plot.element.hidden = isShown ? !(samples.length && isShown(samples.at(-1))) : false;
      const live = samples.slice(1).map((sample, index) => {
        const before = samples[Math.max(0, isSlow ? index + 1 - window : index)];
        return { at: sample.at, values: of(before, sample) };
      }).filter(({ at }) => at > latest);
      plot.draw([...points.map((point) => ({ at: point.at, values: from(point) })), ...live].map(({ at, values }) => ({ at, values: values.map(finite) })));
    }
  }
}

const finite = (value) => (Number.isFinite(value) ? value : null);
const hourly = (value) => (value === null ? null : value * 3600);
const seconds = (milliseconds) => (milliseconds === null ? null : milliseconds / 1000);
