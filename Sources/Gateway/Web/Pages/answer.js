// Shows an answer while it comes: status, times, text, events, fields, body.
import { codeBlock, el } from "./dom.js";
import { call, milliseconds, textOf } from "./call.js";
import { highlight } from "./highlight.js";

const mostRows = 1000;

export class AnswerView {
  #box = el("div", { class: "row" });
  element = el("section", { class: "card", "aria-labelledby": "answer-title" });

  constructor() { this.#reset(el("p", { class: "empty" }, "Send the request, and its answer comes here.")); }

  #reset(...children) {
    this.element.replaceChildren(el("h2", { id: "answer-title" }, "Answer"), ...children);
  }

  /** Makes the call and shows it to its end. Never throws. */
  async run(request, signal) {
    const facts = el("div", { class: "facts", role: "status" }, el("span", { class: "spinner" }), "Waiting…");
    const parts = el("div", { class: "statuses" });
    this.#reset(facts, parts);
    const shown = new Parts(parts);
    let head = [];
    let firstText = null;
    const tell = (...more) => facts.replaceChildren(...head, ...more.map((text) => el("span", {}, text)));
    try {
      const total = await call(request, {
        head: (answer, at) => {
          head = [statusBadge(answer), el("span", {}, `head after ${milliseconds(at)}`)];
          tell();
          shown.begin(answer);
        },
        piece: (text, at) => {
          firstText ??= at;
          shown.add(text);
        },
        event: (event, at) => shown.addEvent(event, at),
      }, signal);
      shown.end();
      tell(...(firstText === null ? [] : [`first byte after ${milliseconds(firstText)}`]), `whole after ${milliseconds(total)}`,
        ...(shown.events ? [`${shown.events} events`] : []));
    } catch (error) {
      shown.end();
      head.push(el("span", { class: "badge bad" }, signal.aborted ? "stopped" : "cut off"));
      tell(signal.aborted ? "Stopped by you." : `The connection failed: ${error.message}`);
    }
  }
}

const statusBadge = (answer) =>
  el("span", { class: `badge ${answer.ok ? "good" : "bad"}` }, `${answer.status} ${answer.statusText}`.trim());

/** The parts of one answer, made as they are needed. */
class Parts {
  events = 0;
  #box; #text = ""; #body = null; #answer = null; #log = null; #type = "";

  constructor(box) { this.#box = box; }

  begin(answer) {
    this.#type = answer.headers.get("content-type") ?? "";
    const pairs = [...answer.headers].flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
    this.#box.append(el("details", {}, el("summary", {}, `Head (${answer.headers ? [...answer.headers].length : 0} fields)`), el("dl", { class: "pairs" }, pairs)));
  }

  add(piece) {
    this.#text += piece;
    if (this.#type.startsWith("text/event-stream")) return;
    if (!this.#body) {
      this.#body = el("code");
      this.#box.append(el("div", { class: "block" }, el("pre", { tabindex: "0", role: "region", "aria-label": "Body" }, this.#body)));
    }
    if (this.#text.length < 500_000) this.#body.append(piece);
  }

  addEvent(event, at) {
    this.events += 1;
    const text = textOf(event);
    if (text) {
      if (!this.#answer) {
        this.#answer = el("div", { class: "answer", tabindex: "0", role: "region", "aria-label": "Text of the answer" });
        this.#box.prepend(this.#answer);
      }
      this.#answer.append(text);
      this.#answer.scrollTop = this.#answer.scrollHeight;
    }
    if (!this.#log) {
      this.#log = el("ol", { class: "log", tabindex: "0", "aria-label": "Events" });
      this.#box.append(this.#log);
    }
    if (this.events > mostRows) return;
    const isAtEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 40;
    this.#log.append(el("li", {}, el("span", { class: "when" }, `${Math.round(at)} ms`),
      el("span", { class: "what" }, event.name === "message" ? null : el("span", { class: "name" }, `${event.name} `), event.data)));
    if (isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** JSON is set out in lines once it is whole. */
  end() {
    if (!this.#type.startsWith("application/json") || !this.#body) return;
    let text;
    try {
      text = JSON.stringify(JSON.parse(this.#text), null, 2);
    } catch {
      return;
    }
    this.#body.closest(".block").replaceWith(codeBlock(text, highlight(text, "json"), "Body"));
  }
}
