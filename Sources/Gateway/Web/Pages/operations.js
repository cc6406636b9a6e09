// Views for operators: upstreams, policies, configuration.
import { codeBlock, el, operatorKey, root, toast } from "./dom.js";
import { short, span } from "./figures.js";
import { highlight } from "./highlight.js";
import { csvButton, table } from "./table.js";
import { View, count } from "./view.js";

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
  // What the last reading was answered with: warnings of what is shown, or mistakes.
  #told = [];
  constructor(state, reload) {
    super("configuration", "Configuration", state);
    this.#reload = reload;
  }

  update() {
    const { configuration } = this.state;
    if (!configuration) return;
    const text = JSON.stringify(configuration, null, 2);
    const answer = el("div", { role: "status" }, notice(this.#told));
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
      this.#told = body?.warnings ?? [];
    } else {
      this.#told = body?.mistakes ?? [body?.error?.message ?? "No connection."];
    }
    answer.replaceChildren(notice(this.#told));
    if (reply?.ok) await this.#reload();
  }
}

/** What there is to say about a file, line by line. */
const notice = (lines) => (lines.length ? el("div", { class: "notice" }, el("ul", {}, lines.map((line) => el("li", {}, line)))) : "");
