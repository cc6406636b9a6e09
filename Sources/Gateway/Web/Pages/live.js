// What is under way, with a button to end it: clients' requests, and tasks.
import { confirmed, el, operatorKey, root, toast } from "./dom.js";
import { bytes, short, span } from "./figures.js";
import { LiveTable } from "./table.js";
import { count } from "./view.js";

/** Reads a list every so often while it is looked at. */
class LiveView {
  element = el("div", { class: "section" });
  #path; #pause; #timer = null;
  #count = el("p", { class: "muted", role: "status" });

  constructor(id, name, state, path, pause, table) {
    Object.assign(this, { id, name, state, table });
    this.#path = path;
    this.#pause = pause;
    this.element.append(el("div", { class: "row" }, el("h2", {}, name), this.#count), table.element);
  }

  /** Begins to read, once it is known that whoever looks may. */
  update() { if (this.#timer === null && this.state.configuration) this.#read(); }

  async #read() {
    this.#timer = 0;
    if (!document.hidden) {
      const answer = await operators("GET", this.#path);
      this.#count.textContent = answer.ok ? this.tell(answer.body) : answer.fault;
      if (answer.ok) this.table.update(answer.body.data);
    }
    this.#timer = this.element.isConnected ? setTimeout(() => this.#read(), this.#pause) : null;
  }

  /** Ends one after asking whether that is meant. */
  async end(path, question, told) {
    if (!(await confirmed(question.title, question.text, question.word))) return;
    const answer = await operators("DELETE", path);
    toast(answer.ok ? told : answer.fault);
    clearTimeout(this.#timer);
    await this.#read();
  }
}

/** A call of the operators' surface: `{ ok, body, fault }`. */
async function operators(method, path) {
  const answer = await fetch(new URL(path, root), { method, headers: operatorKey.headers, cache: "no-store" }).catch(() => null);
  const body = await answer?.json().catch(() => null);
  return { ok: answer?.ok === true, body, fault: body?.error?.message ?? "No connection." };
}

const badge = (tone, words) => el("span", { class: `badge ${tone}` }, words);
const endButton = (words, label, click) => el("button", { type: "button", class: "button small danger", "aria-label": label, click }, words);

/** User, team and key, as far as they are known. */
function who({ user, team, key }) {
  const name = user ?? key ?? "anybody";
  const rest = [user ? key : null, team].filter(Boolean).join(" · ");
  return rest ? [el("span", {}, name), el("span", { class: "beside" }, rest)] : name;
}

const phases = { reading: "", queued: "warn", connecting: "warn", waiting: "warn", responding: "live" };

export class RequestsView extends LiveView {
  constructor(state) {
    super("requests", "Requests", state, "admin/requests", 2000, new LiveTable("Requests under way", [
      { name: "For", of: (row) => row.age_ms, isNumber: true, show: (value) => span(value / 1000) },
      { name: "Model", of: (row) => [row.model, row.dialect ?? row.path], show: ([model, dialect]) => [el("span", {}, model ?? "–"), el("span", { class: "beside" }, dialect)] },
      { name: "From", of: ({ user, team, key, client }) => ({ user, team, key, client }), show: (value) => el("span", { class: "stack", title: value.client }, who(value)) },
      { name: "Upstream", of: (row) => [row.upstream, row.upstream_model, row.attempts, row.cache],
        show: ([upstream, model, attempts, cache]) => [el("span", {}, upstream ?? (cache === "hit" || cache === "live" ? "the cache" : "–")),
          upstream ? el("span", { class: "beside" }, attempts > 1 ? `${model}, attempt ${attempts}` : model) : null] },
      { name: "Phase", of: (row) => [row.phase, row.stream], show: ([phase, isStream]) => [badge(phases[phase] ?? "", phase), isStream ? el("span", { class: "beside" }, "stream") : null] },
      { name: "Events", of: (row) => row.events, isNumber: true, show: count },
      { name: "Sent", of: (row) => row.bytes_out, isNumber: true, show: bytes },
      { name: "", label: "Actions", of: (row) => row.id, show: (id, row) => endButton("Cancel", `Cancel the request ${row.request_id}`, () => this.#cancel(row)) },
    ], (row) => row.id, "No client's request is under way."));
  }

  tell({ total, data }) { return total > data.length ? `${short(total)} under way; the oldest ${data.length} are shown` : `${short(total)} under way`; }

  #cancel({ id, model, request_id: name }) {
    return this.end(`admin/requests/${encodeURIComponent(id)}`, {
      title: "Cancel this request?", word: "Cancel the request",
      text: `${name}${model ? `, for ${model}` : ""}. Its client is told that an operator has ended it, and the call to the upstream stops.`,
    }, "Cancelled");
  }
}

const states = { queued: "", running: "live", completed: "good", failed: "bad", cancelled: "warn", expired: "" };

export class TasksView extends LiveView {
  constructor(state, hasResults) {
    super("tasks", "Tasks", state, "admin/tasks", 3000, new LiveTable("Tasks", [
      { name: "Task", of: (row) => row.task_id, show: (id) => (hasResults ? el("a", { href: String(new URL(`results/${id}`, root)), "aria-label": id, title: id }, brief(id)) : el("span", { title: id }, brief(id))) },
      { name: "Status", of: (row) => [row.status, row.error?.message], show: ([status, reason]) => [badge(states[status] ?? "", status), reason ? el("span", { class: "beside" }, reason) : null] },
      { name: "Model", of: (row) => row.model },
      { name: "From", of: ({ user, team, key }) => ({ user, team, key }), show: (value) => el("span", { class: "stack" }, who(value)) },
      { name: "Progress", of: ({ progress: { stage, iteration, max_iterations: most } }) => [stage, iteration ? `iteration ${iteration}${most ? ` of ${most}` : ""}` : null],
        show: (parts) => parts.filter(Boolean).join(", ") },
      { name: "Begun", of: (row) => row.created, show: (at) => new Date(at * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) },
      { name: "Took", of: (row) => (isOver(row) ? row.updated : Math.floor(Date.now() / 1000)) - row.created, isNumber: true, show: (value) => span(Math.max(0, value)) },
      { name: "", label: "Actions", of: (row) => isOver(row), show: (over, row) => (over ? "" : endButton("Cancel", `Cancel the task ${row.task_id}`, () => this.#cancel(row))) },
    ], (row) => row.task_id, "There are no tasks."));
  }

  tell({ total, data }) {
    const running = data.filter((task) => !isOver(task)).length;
    return `${short(total)} known${total > data.length ? `, the newest ${data.length} shown` : ""}${running ? `, ${running} of these not over` : ""}`;
  }

  #cancel({ task_id: id, model }) {
    return this.end(`admin/tasks/${encodeURIComponent(id)}`, {
      title: "Cancel this task?", word: "Cancel the task", text: `${id}, for ${model}. What it has made until now stays on its page.`,
    }, "Cancelled");
  }
}

/** The first part of a UUID. */
const brief = (id) => el("code", {}, id.slice(0, 8));
const isOver = ({ status }) => status !== "queued" && status !== "running";
