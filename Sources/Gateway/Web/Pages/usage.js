// Who has used how much of what, as tables that can be saved.
import { download, el, operatorKey, root, toast } from "./dom.js";
import { dollars } from "./figures.js";
import { csvButton, table } from "./table.js";
import { View, count } from "./view.js";

const pause = 5_000;
const parts = [["user", "User"], ["team", "Team"], ["key", "Key"], ["model", "Model"]];
const sums = ["requests", "errors", "prompt_tokens", "cached_tokens", "completion_tokens", "cost_usd"];

const number = (name, field) => ({ name, of: (row) => row[field], isNumber: true, show: count });
const text = (name, field) => ({ name, of: (row) => row[field] });

export class UsageView extends View {
  #by = new Set(["user", "model"]);
  #rows = null;
  #readAt = -Infinity;
  #callers = el("div", { class: "section" });
  #figures = el("div", { class: "section" });
  #table = el("div", {});
  #save = el("span", {});

  constructor(state) {
    super("usage", "Usage", state);
    if (state.endpoints.has("/admin/usage")) this.element.append(this.#callers);
    this.element.append(this.#figures);
    const choice = ([field, name]) => el("label", { class: "check", for: `by-${field}` },
      el("input", { type: "checkbox", id: `by-${field}`, checked: this.#by.has(field), change: (event) => this.#group(field, event.target.checked) }), name);
    this.#callers.append(
      el("div", { class: "row" }, el("h2", {}, "By caller"), this.#save, el("button", { type: "button", class: "button small", click: () => this.#saveAll() }, "Save every row as CSV")),
      el("fieldset", { class: "choices" }, el("legend", {}, "Add up by"), parts.map(choice)), this.#table);
  }

  update() {
    if (this.state.endpoints.has("/admin/usage") && this.state.configuration && performance.now() - this.#readAt > pause) this.#read();
    if (this.now) this.#drawFigures();
  }

  // By caller

  async #read() {
    this.#readAt = performance.now();
    const answer = await this.#fetch("json");
    if (!answer?.ok) return;
    const { data } = await answer.json();
    if (JSON.stringify(data) === JSON.stringify(this.#rows)) return;
    this.#rows = data;
    this.#drawCallers();
  }

  #fetch(format) {
    return fetch(new URL(`admin/usage?format=${format}`, root), { headers: operatorKey.headers, cache: "no-store" }).catch(() => null);
  }

  async #saveAll() {
    const answer = await this.#fetch("csv");
    if (answer?.ok) download("usage-all.csv", await answer.text());
    else toast("It could not be read");
  }

  #group(field, isWanted) {
    if (isWanted) this.#by.add(field);
    else this.#by.delete(field);
    this.#drawCallers();
  }

  #drawCallers() {
    if (!this.#rows) return;
    const by = parts.filter(([field]) => this.#by.has(field));
    const rows = addUp(this.#rows, by.map(([field]) => field));
    const [all] = addUp(this.#rows, []);
    const columns = [
      ...(by.length ? by.map(([field, name]) => text(name, field)) : [{ name: "", label: "All", of: () => "All" }]),
      number("Requests", "requests"), number("Failed", "errors"), number("Tokens in", "prompt_tokens"), number("of them cached", "cached_tokens"),
      number("Tokens out", "completion_tokens"), { ...number("Cost in $", "cost_usd"), show: (value) => el("span", { class: value ? false : "zero" }, dollars(value)) },
    ];
    const total = all && by.length ? { ...all, [by[0][0]]: "All" } : null;
    this.#save.replaceChildren(csvButton("usage", columns, rows));
    this.#table.replaceChildren(table("Usage", columns, rows, "Nothing was asked yet.", total));
  }

  // Since the process began

  #drawFigures() {
    const { now } = this;
    const models = now.sumBy("sluice_requests_total", ["model", "dialect"]).map(({ labels, value }) => ({
      ...labels, requests: value, errors: now.sum("sluice_request_errors_total", labels),
      hits: now.sum("sluice_cache_requests_total", { ...labels, result: new Set(["hit", "live"]) }),
      left: now.sum("sluice_client_disconnects_total", labels), fallbacks: now.sum("sluice_fallbacks_total", labels),
    }));
    const tokens = now.sumBy("sluice_tokens_total", ["upstream", "model"]).map(({ labels }) => ({
      ...labels, ...Object.fromEntries(["input", "cached", "output"].map((type) => [type, now.sum("sluice_tokens_total", { ...labels, type })])),
      cost: now.sum("sluice_cost_usd_total", labels),
    })).filter(({ input, output }) => input || output);
    const ofModels = [text("Model", "model"), text("Dialect", "dialect"), number("Requests", "requests"), number("Failed", "errors"),
      number("From the cache", "hits"), number("Clients that left", "left"), number("Fallbacks", "fallbacks")];
    const ofTokens = [text("Upstream", "upstream"), text("Its model", "model"), number("Tokens in", "input"), number("of them cached", "cached"), number("Tokens out", "output")];
    if (tokens.some(({ cost }) => cost)) ofTokens.push({ ...number("Cost in $", "cost"), show: dollars });
    this.show([models, tokens], () => [
      el("div", { class: "row" }, el("h2", {}, "By model"), csvButton("models", ofModels, models)), table("Requests by model", ofModels, models, "Nothing was asked yet."),
      el("div", { class: "row" }, el("h2", {}, "Tokens by upstream"), csvButton("tokens", ofTokens, tokens)), table("Tokens by upstream", ofTokens, tokens, "No tokens were used yet."),
      el("p", { class: "muted" }, "Since the process began."),
    ], this.#figures);
  }
}

/** Adds rows up by the values of some members; the largest first. */
export function addUp(rows, by) {
  const groups = new Map();
  for (const row of rows) {
    const name = JSON.stringify(by.map((field) => row[field]));
    if (!groups.has(name)) groups.set(name, { ...Object.fromEntries(by.map((field) => [field, row[field] ?? "–"])), ...Object.fromEntries(sums.map((field) => [field, 0])) });
    const group = groups.get(name);
    for (const field of sums) group[field] += row[field] ?? 0;
  }
  return [...groups.values()].sort((a, b) => b.cost_usd - a.cost_usd || b.completion_tokens - a.completion_tokens || b.requests - a.requests);
}
