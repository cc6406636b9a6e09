// Views for operators: upstreams, usage, policies, configuration.
import { codeBlock, el, operatorKey, root, toast } from "./dom.js";
import { short, span } from "./figures.js";
import { highlight } from "./highlight.js";
import { csvButton, table } from "./table.js";

const count = (value) => el("span", { class: value ? false : "zero" }, short(value));

/** A view that is drawn anew when its content has changed, so that what is marked or scrolled stays otherwise. */
class View {
  element = el("div", { class: "section" });
  #drawn = "";
  constructor(id, name, state) { Object.assign(this, { id, name, state }); }

  get now() { return this.state.samples.at(-1); }

  /** Draws `make(value)` if `value` is another than before. */
  show(value, make) {
    const text = JSON.stringify(value);
    if (text === this.#drawn) return;
    this.#drawn = text;
    this.element.replaceChildren(...make(value));
  }
}

const breakers = [["good", "closed"], ["warn", "probing"], ["bad", "open"]];

export class UpstreamsView extends View {
  constructor(state) { super("upstreams", "Upstreams", state); }

  update() {
    if (!this.now) return;
    const { now } = this;
    const rows = now.series("sluice_upstream_breaker").map(({ labels: { upstream, model }, value }) => {
      const wanted = { upstream, model };
      const calls = now.sum("sluice_upstream_transfers_total", wanted);
      const timed = { upstream, gen_ai_request_model: model };
      const ended = now.sum("gen_ai_client_operation_duration_seconds_count", timed);
      return {
        upstream, model, breaker: value, calls, errors: now.sum("sluice_upstream_errors_total", wanted),
        codes: now.sumBy("sluice_upstream_errors_total", ["code"], wanted).map(({ labels, value: times }) => `${labels.code} ${times}`).join(", "),
        retries: now.sum("sluice_upstream_retries_total", wanted), busy: now.sum("sluice_upstream_transfers_in_flight", wanted),
        queued: now.sum("sluice_upstream_queued", { upstream }),
        seconds: ended ? now.sum("gen_ai_client_operation_duration_seconds_sum", timed) / ended : null,
      };
    });
    const columns = [
      { name: "Upstream", of: (row) => row.upstream }, { name: "Its model", of: (row) => row.model },
      { name: "Breaker", of: (row) => breakers[row.breaker]?.[1] ?? "", show: (words, row) => el("span", { class: `badge ${breakers[row.breaker]?.[0] ?? ""}` }, words) },
      { name: "Calls", of: (row) => row.calls, isNumber: true, show: count }, { name: "Failed", of: (row) => row.errors, isNumber: true, show: count },
      { name: "Repeated", of: (row) => row.retries, isNumber: true, show: count }, { name: "Under way", of: (row) => row.busy, isNumber: true, show: count },
      { name: "In line", of: (row) => row.queued, isNumber: true, show: count }, { name: "Mean time", of: (row) => row.seconds, isNumber: true, show: span },
      { name: "Why calls failed", of: (row) => row.codes },
    ];
    this.show(rows, () => [el("div", { class: "row" }, el("h2", {}, "Upstreams"), csvButton("upstreams", columns, rows)), table("Upstreams", columns, rows, "No upstream has been called.")]);
  }
}

export class UsageView extends View {
  constructor(state) { super("usage", "Usage", state); }

  update() {
    if (!this.now) return;
    const { now } = this;
    const models = now.sumBy("sluice_requests_total", ["model", "dialect"]).map(({ labels, value }) => ({
      ...labels, requests: value, errors: now.sum("sluice_request_errors_total", labels),
      hits: now.sum("sluice_cache_requests_total", { ...labels, result: new Set(["hit", "live"]) }),
      left: now.sum("sluice_client_disconnects_total", labels), fallbacks: now.sum("sluice_fallbacks_total", labels),
    }));
    const tokens = now.sumBy("sluice_tokens_total", ["upstream", "model"]).map(({ labels }) => ({
      ...labels, ...Object.fromEntries(["input", "cached", "output"].map((type) => [type, now.sum("sluice_tokens_total", { ...labels, type })])),
    }));
    const number = (name, field) => ({ name, of: (row) => row[field], isNumber: true, show: count });
    const text = (name, field) => ({ name, of: (row) => row[field] });
    const ofModels = [text("Model", "model"), text("Dialect", "dialect"), number("Requests", "requests"), number("Failed", "errors"),
      number("From the cache", "hits"), number("Clients that left", "left"), number("Fallbacks", "fallbacks")];
    const ofTokens = [text("Upstream", "upstream"), text("Its model", "model"), number("Tokens in", "input"), number("of them cached", "cached"), number("Tokens out", "output")];
    this.show([models, tokens], () => [
      el("div", { class: "row" }, el("h2", {}, "By model"), csvButton("models", ofModels, models)), table("Requests by model", ofModels, models, "Nothing was asked yet."),
      el("div", { class: "row" }, el("h2", {}, "Tokens by upstream"), csvButton("tokens", ofTokens, tokens)), table("Tokens by upstream", ofTokens, tokens, "No tokens were used yet."),
      el("p", { class: "muted" }, "Since the process began."),
    ]);
  }
}

export class PoliciesView extends View {
  constructor(state) { super("policies", "Policies", state); }

  update() {
    const { now, state: { configuration } } = this;
    if (!now || !configuration) return;
    const rows = (configuration.policies ?? []).map((policy) => {
      const { kind, name = kind, mode, match, ...settings } = policy;
      const decided = Object.fromEntries(now.sumBy("sluice_policy_decisions_total", ["verdict"], { policy: name ?? kind, kind, mode: mode ?? "enforce" }).map(({ labels, value }) => [labels.verdict, value]));
      return { name: name ?? kind, kind, mode: mode ?? "enforce", match: brief(match), settings: brief(settings), ...decided };
    });
    const number = (name, field) => ({ name, of: (row) => row[field] ?? 0, isNumber: true, show: count });
    // In shadow mode nothing of it was done.
    const deed = (name, field) => ({ ...number(name, field), show: (value, row) => (row.mode === "shadow" && value ? el("span", {}, "would: ", short(value)) : count(value)) });
    const code = (text) => (text ? el("span", { class: "details-code" }, text) : "");
    const columns = [
      { name: "Policy", of: (row) => row.name }, { name: "Kind", of: (row) => row.kind },
      { name: "Mode", of: (row) => row.mode, show: (mode) => el("span", { class: `badge ${mode === "shadow" ? "warn" : "live"}` }, mode) },
      number("Passed", "pass"), deed("Warned", "warn"), deed("Waited", "queue"), deed("Changed", "change"),
      deed("Refused", "refuse"),
      { name: "For", of: (row) => row.match, show: code }, { name: "Settings", of: (row) => row.settings, show: code },
    ];
    this.show(rows, () => [el("div", { class: "row" }, el("h2", {}, "Policies"), csvButton("policies", columns, rows)), table("Policies", columns, rows, "No policy is configured.")]);
  }
}

/** Settings that were made, without those that are left at nothing. */
function brief(value) {
  if (!value || typeof value !== "object") return "";
  return Object.entries(value).filter(([, part]) => part !== null && !(Array.isArray(part) && !part.length) && !(typeof part === "object" && !Array.isArray(part) && !brief(part)))
    .map(([name, part]) => `${name}: ${typeof part === "object" ? JSON.stringify(part) : part}`).join("\n");
}

export class ConfigurationView extends View {
  #reload;
  constructor(state, reload) {
    super("configuration", "Configuration", state);
    this.#reload = reload;
  }

  update() {
    const { configuration } = this.state;
    if (!configuration) return;
    const text = JSON.stringify(configuration, null, 2);
    const answer = el("div", { role: "status" });
    this.show(text, () => [
      el("div", { class: "row" }, el("h2", {}, "Configuration"), el("button", { type: "button", class: "button small", click: () => this.#read(answer) }, "Read the file anew")),
      el("p", { class: "muted" }, "As it takes effect: the file and the defaults of what it leaves out. Secrets are masked."), answer, codeBlock(text, highlight(text, "json"), "Effective configuration"),
    ]);
  }

  async #read(answer) {
    const reply = await fetch(new URL("admin/reload", root), { method: "POST", headers: operatorKey.headers }).catch(() => null);
    const body = await reply?.json().catch(() => null);
    if (reply?.ok) {
      toast("Reloaded");
      answer.replaceChildren();
      await this.#reload();
    } else {
      const mistakes = body?.mistakes ?? [body?.error?.message ?? "No connection."];
      answer.replaceChildren(el("div", { class: "notice" }, el("ul", {}, mistakes.map((mistake) => el("li", {}, mistake)))));
    }
  }
}
