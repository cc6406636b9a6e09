// What comes of one call of the playground: its text and tool calls, its events with their times, how fast it was.
import { copyButton, el, key } from "./dom.js";
import { milliseconds, textOf } from "./call.js";
import { highlight } from "./highlight.js";
import { curl } from "./openapi.js";

const mostRows = 500;

/** Hears of a call as `call` tells it, and shows what comes in `pieces`. */
export class Record {
  elements;
  /** All text of the answer. */
  text = "";
  #pieces; #follow;
  #log = el("ol", { class: "log", tabindex: "0", "aria-label": "Events" });
  #count = 0; #first = null; #last = 0; #lastEvent = 0; #tokens = null; #body = ""; #isStream = false; #status = null; #fault = null; #fields;
  /** The box that takes further text; null after a call of a tool. */
  #textBox = null;
  #tools = new Map();

  constructor(request, pieces, follow) {
    this.#pieces = pieces;
    this.#follow = follow;
    const command = curl(request.method, String(request.url), { ...request.headers, ...(key.value ? { authorization: "Bearer $KEY" } : {}) }, request.body)
      .replace("'authorization: Bearer $KEY'", '"authorization: Bearer $KEY"');
    this.#fields = el("span", {});
    this.elements = [
      el("details", {}, el("summary", {}, "Events ", this.#fields), this.#log),
      el("details", {}, el("summary", {}, "The same with curl"), el("div", { class: "block" }, el("div", { class: "block-head" }, el("span", {}, "Command"), copyButton(() => command)),
        el("pre", { tabindex: "0", role: "region", "aria-label": "The same with curl" }, el("code", {}, highlight(command, "shell"))))),
    ];
  }

  // What `call` tells

  head(answer) {
    this.#status = answer.status;
    this.#isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    const told = ["x-served-by", "x-cache", "x-attempts"].filter((name) => answer.headers.get(name)).map((name) => `${name.slice(2)} ${answer.headers.get(name)}`);
    this.#fields.textContent = `(${[answer.status, ...told].join(", ")})`;
  }

  /** A piece of the body. */
  piece(text) { if (!this.#isStream) this.#body += text; }

  event(event, at) {
    this.#count += 1;
    const text = textOf(event);
    if (text) {
      this.#first ??= at;
      this.#last = at;
      this.#say(text);
    }
    const data = json(event.data);
    if (data) this.#note(data);
    if (this.#count <= mostRows) {
      const gap = this.#count === 1 ? "" : `+${Math.round(at - this.#lastEvent)}`;
      this.#log.append(el("li", {}, el("span", { class: "when" }, `${Math.round(at)} ms`, el("span", { class: "gap" }, gap)), el("span", { class: "what" }, event.data)));
    }
    this.#lastEvent = at;
  }

  // What the events say

  #note(data) {
    if (data.usage) this.#tokens = data.usage.completion_tokens;
    if (data.error) this.#fault = data.error.message ?? "The answer broke off.";
    if (data.event_type === "error") this.#fault = data.error_message;
    for (const part of data.choices?.[0]?.delta?.tool_calls ?? []) this.#modelCalls(part);
    if (data.tool_call) this.#agentCalls(data.tool_call);
  }

  #say(text) {
    this.text += text;
    if (!this.#textBox) {
      this.#textBox = el("div", { class: "text" });
      this.#add(this.#textBox);
    }
    this.#textBox.append(text);
    this.#follow();
  }

  #add(element) {
    this.#pieces.querySelector(".spinner")?.parentElement.remove();
    this.#pieces.append(element);
  }

  /** A piece of a call that the model wants made; whoever chats here makes none. */
  #modelCalls({ index = 0, id, function: called }) {
    const tool = this.#tool(`index ${index}`, id ?? "");
    if (called?.name) tool.name.textContent += called.name;
    if (called?.arguments) tool.given.textContent += called.arguments;
    this.#follow();
  }

  /** What an agent tells of a call that it makes. */
  #agentCalls({ id, name, arguments: given, status, result, error, execution_time_ms: time }) {
    const tool = this.#tool(id, id);
    tool.name.textContent = name;
    tool.given.textContent = typeof given === "string" ? given : JSON.stringify(given);
    const took = typeof time === "number" && time > 0 ? `, ${milliseconds(time)}` : "";
    tool.standing.textContent = `${status}${took}`;
    tool.standing.className = `badge ${{ completed: "good", failed: "bad", error: "bad", timeout: "bad" }[status] ?? "live"}`;
    const told = error ?? result;
    if (told !== null && told !== undefined) {
      tool.told.hidden = false;
      tool.told.textContent = typeof told === "string" ? told : JSON.stringify(told);
    }
    this.#follow();
  }

  #tool(place, id) {
    if (!this.#tools.has(place)) {
      const tool = { name: el("strong", {}), standing: el("span", { class: "badge live" }, "called"), given: el("code", { class: "given" }), told: el("div", { class: "told", hidden: true }) };
      this.#tools.set(place, tool);
      this.#add(el("div", { class: "tool", title: id }, el("div", { class: "row" }, el("span", { class: "muted" }, "Tool"), tool.name, tool.standing), tool.given, tool.told));
      // What is said after a call stands below it.
      this.#textBox = null;
    }
    return this.#tools.get(place);
  }

  // The end

  /** Takes a whole answer. Throws an error that tells what went wrong. */
  finish() {
    if (!this.#isStream) this.#takeWhole();
    if (this.#fault) throw new Error(this.#fault);
    if (!this.text && !this.#tools.size) this.#add(el("div", { class: "text muted" }, "(no text)"));
  }

  #takeWhole() {
    const body = json(this.#body);
    if (!body) throw new Error(`Status ${this.#status}: ${this.#body.slice(0, 500)}`);
    this.#log.append(el("li", {}, el("span", { class: "when" }, String(this.#status)), el("span", { class: "what" }, JSON.stringify(body, null, 2))));
    if (body.error) throw new Error(body.error.message);
    this.#tokens = body.usage?.completion_tokens ?? null;
    const message = body.choices?.[0]?.message ?? {};
    for (const [index, part] of (message.tool_calls ?? []).entries()) this.#modelCalls({ ...part, index });
    for (const made of body.tool_calls ?? []) this.#agentCalls(made);
    const text = message.content ?? body.response;
    if (typeof text === "string" && text) this.#say(text);
  }

  timing(total) {
    const parts = this.#first === null ? [] : [`first token ${milliseconds(this.#first)}`];
    parts.push(`whole ${milliseconds(total)}`);
    if (this.#tokens) parts.push(`${this.#tokens} tokens`);
    if (this.#tokens > 1 && this.#last > this.#first) parts.push(`${((this.#tokens - 1) / ((this.#last - this.#first) / 1000)).toFixed(1)} tokens/s`);
    return parts.join(" · ");
  }
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
