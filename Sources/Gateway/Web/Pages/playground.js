// Chats with one model, or with two side by side.
import { copyButton, el, key, root } from "./dom.js";
import { call, milliseconds, textOf } from "./call.js";
import { highlight } from "./highlight.js";
import { curl } from "./openapi.js";

const mostRows = 500;

export class Playground {
  id = "playground";
  name = "Playground";
  element = el("div", { class: "section" });
  #seats = [];
  #seatBox = el("div", { class: "seats" });
  #models = [];
  #fault = el("div", { class: "notice", role: "status", hidden: true });
  #settings;
  #isLoaded = false;

  constructor() {
    const keyInput = el("input", { class: "input", id: "play-key", type: "password", autocomplete: "off", spellcheck: "false",
      input: (event) => { key.value = event.target.value.trim(); }, change: () => this.#load() });
    keyInput.value = key.value;
    this.system = el("textarea", { class: "input talk-input", id: "play-system", rows: "2" });
    this.temperature = el("input", { class: "input", id: "play-temperature", type: "number", min: "0", max: "2", step: "0.1", placeholder: "the model's" });
    this.most = el("input", { class: "input", id: "play-most", type: "number", min: "1", step: "1", placeholder: "the model's" });
    this.isStream = el("input", { type: "checkbox", id: "play-stream", checked: true });
    const isDouble = el("input", { type: "checkbox", id: "play-double", change: () => this.#setSeats(isDouble.checked ? 2 : 1) });
    const message = el("textarea", { class: "input talk-input", id: "play-message", rows: "3", placeholder: "Say something", required: true });
    this.#settings = el("details", {}, el("summary", {}, "Settings"), el("div", { class: "settings" },
      el("div", { class: "wide" }, field("play-system", "System prompt", this.system)), field("play-key", "Key", keyInput),
      field("play-temperature", "Temperature", this.temperature), field("play-most", "Most tokens", this.most), check("play-stream", "As a stream", this.isStream)));
    const form = el("form", { class: "card composer", submit: (event) => {
      event.preventDefault();
      const text = message.value;
      if (!text.trim() || this.#seats.some((seat) => seat.isBusy)) return;
      message.value = "";
      for (const seat of this.#seats) seat.say(text);
    }, keydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    } },
    field("play-message", "Message", message),
    el("div", { class: "row" }, el("button", { class: "button primary" }, "Send"),
      el("button", { type: "button", class: "button", click: () => this.#seats.forEach((seat) => seat.stop()) }, "Stop"),
      el("button", { type: "button", class: "button quiet", click: () => this.#seats.forEach((seat) => seat.clear()) }, "Begin anew"), el("span", { class: "muted" }, "Ctrl + Enter sends")),
    this.#settings,
    check("play-double", "Compare two models", isDouble));
    this.element.append(this.#fault, this.#seatBox, form);
    this.#setSeats(1);
  }

  update() { if (!this.#isLoaded) this.#load(); }

  async #load() {
    this.#isLoaded = true;
    const answer = await fetch(new URL("v1/models", root), { headers: key.headers }).catch(() => null);
    const body = await answer?.json().catch(() => null);
    this.#models = answer?.ok ? body.data.map(({ id }) => id) : [];
    this.#fault.hidden = answer?.ok === true;
    if (!answer?.ok) this.#settings.open = true;
    this.#fault.textContent = answer?.ok ? "" : `The models could not be listed: ${body?.error?.message ?? "no connection."} A key is set below, among the settings.`;
    for (const seat of this.#seats) seat.offer(this.#models);
  }

  #setSeats(count) {
    while (this.#seats.length > count) {
      const seat = this.#seats.pop();
      seat.stop();
      seat.element.remove();
    }
    while (this.#seats.length < count) {
      const seat = new Seat(this, this.#seats.length);
      seat.offer(this.#models);
      this.#seats.push(seat);
      this.#seatBox.append(seat.element);
    }
  }
}

const field = (id, label, input) => el("div", { class: "field" }, el("label", { for: id }, label), input);
const check = (id, label, input) => el("label", { class: "check", for: id }, input, label);

/** One model and the chat with it. States: idle → busy → idle. */
class Seat {
  element;
  isBusy = false;
  #settings;
  #model;
  #names;
  #messages = [];
  #abort = null;
  #talk = el("div", { class: "talk", tabindex: "0", role: "log" });
  #more = el("div", {});

  constructor(settings, index) {
    this.#settings = settings;
    const id = `play-model-${index}`;
    this.#names = el("datalist", { id: `${id}-names` });
    this.#model = el("input", { class: "input", id, list: `${id}-names`, autocomplete: "off", spellcheck: "false", placeholder: "Name of a model" });
    this.#talk.setAttribute("aria-label", `Chat ${index + 1}`);
    this.#talk.append(el("p", { class: "empty" }, "What is said comes here."));
    this.element = el("section", { class: "card seat", "aria-label": `Side ${index + 1}` },
      el("div", { class: "row" }, field(id, `Model ${index + 1}`, this.#model)), this.#names, this.#talk, this.#more);
    this.index = index;
  }

  offer(models) {
    this.#names.replaceChildren(...models.map((name) => el("option", { value: name })));
    if (!this.#model.value) this.#model.value = models[Math.min(this.index, models.length - 1)] ?? "";
  }

  stop() { this.#abort?.abort(); }

  clear() {
    this.stop();
    this.#messages = [];
    this.#talk.replaceChildren(el("p", { class: "empty" }, "What is said comes here."));
    this.#more.replaceChildren();
  }

  #request() {
    const { system, temperature, most, isStream } = this.#settings;
    const body = { model: this.#model.value, messages: [...(system.value ? [{ role: "system", content: system.value }] : []), ...this.#messages] };
    if (temperature.value) body.temperature = Number(temperature.value);
    if (most.value) body.max_tokens = Number(most.value);
    if (isStream.checked) Object.assign(body, { stream: true, stream_options: { include_usage: true } });
    return { method: "POST", url: new URL("v1/chat/completions", root), headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  }

  async say(text) {
    if (!this.#messages.length) this.#talk.replaceChildren();
    this.#messages.push({ role: "user", content: text });
    this.#talk.append(el("div", { class: "said user" }, el("span", { class: "who" }, "You"), el("div", { class: "text" }, text)));
    const answerText = el("div", { class: "text" }, el("span", { class: "spinner" }));
    const timing = el("span", { class: "timing" });
    this.#talk.append(el("div", { class: "said" }, el("span", { class: "who" }, this.#model.value), answerText, timing));
    this.#follow();
    const request = this.#request();
    const record = new Record(request);
    this.#more.replaceChildren(...record.elements);
    this.#abort = new AbortController();
    this.isBusy = true;
    let answer = "";
    const add = (piece) => {
      if (!answer) answerText.replaceChildren();
      answer += piece;
      answerText.append(piece);
      this.#follow();
    };
    try {
      const total = await call({ ...request, headers: { ...request.headers, ...key.headers } }, record.listener(add), this.#abort.signal);
      const fault = record.finish(add);
      if (fault) throw new Error(fault);
      timing.textContent = record.timing(total);
      if (!answer) answerText.replaceChildren("(no text)");
      this.#messages.push({ role: "assistant", content: answer });
    } catch (error) {
      if (!answer) answerText.replaceChildren();
      this.#messages.pop();
      answerText.after(el("div", { class: "text fault" }, this.#abort.signal.aborted ? "Stopped." : error.message));
    }
    this.isBusy = false;
    this.#follow();
  }

  #follow() { this.#talk.scrollTop = this.#talk.scrollHeight; }
}

/** What came of one call: its events with their times, its status, how fast it was. */
class Record {
  elements;
  #log = el("ol", { class: "log", tabindex: "0", "aria-label": "Events" });
  #count = 0; #first = null; #last = 0; #tokens = null; #body = ""; #isStream = false; #status = null; #fault = null; #fields;

  constructor(request) {
    const command = curl(request.method, String(request.url), { ...request.headers, ...(key.value ? { authorization: "Bearer $KEY" } : {}) }, request.body)
      .replace("'authorization: Bearer $KEY'", '"authorization: Bearer $KEY"');
    this.#fields = el("span", {});
    this.elements = [
      el("details", {}, el("summary", {}, "Events ", this.#fields), this.#log),
      el("details", {}, el("summary", {}, "The same with curl"), el("div", { class: "block" }, el("div", { class: "block-head" }, el("span", {}, "Command"), copyButton(() => command)),
        el("pre", { tabindex: "0", role: "region", "aria-label": "The same with curl" }, el("code", {}, highlight(command, "shell"))))),
    ];
  }

  listener(add) {
    return {
      head: (answer) => {
        this.#status = answer;
        this.#isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
        const told = ["x-served-by", "x-cache", "x-attempts"].filter((name) => answer.headers.get(name)).map((name) => `${name.slice(2)} ${answer.headers.get(name)}`);
        this.#fields.textContent = `(${[answer.status, ...told].join(", ")})`;
      },
      text: (piece) => { if (!this.#isStream) this.#body += piece; },
      event: (event, at) => this.#take(event, at, add),
    };
  }

  #take(event, at, add) {
    this.#count += 1;
    const text = textOf(event);
    if (text) {
      this.#first ??= at;
      this.#last = at;
      add(text);
    }
    if (event.data.includes('"usage"') || event.data.includes('"error"')) this.#note(event.data);
    if (this.#count <= mostRows) this.#log.append(el("li", {}, el("span", { class: "when" }, `${Math.round(at)} ms`), el("span", { class: "what" }, event.data)));
  }

  #note(text) {
    try {
      const { usage, error } = JSON.parse(text);
      if (usage) this.#tokens = usage.completion_tokens;
      if (error) this.#fault = error.message;
    } catch {
      // No JSON: nothing to note.
    }
  }

  /** Takes a whole answer; gives what went wrong, or null. */
  finish(add) {
    if (this.#isStream) return this.#fault;
    let body = null;
    try {
      body = JSON.parse(this.#body);
    } catch {
      return `Status ${this.#status.status}: ${this.#body.slice(0, 500)}`;
    }
    this.#log.append(el("li", {}, el("span", { class: "when" }, String(this.#status.status)), el("span", { class: "what" }, JSON.stringify(body, null, 2))));
    if (body.error) return body.error.message;
    this.#tokens = body.usage?.completion_tokens ?? null;
    const text = body.choices?.[0]?.message?.content;
    if (typeof text === "string") add(text);
    return null;
  }

  timing(total) {
    const parts = this.#first === null ? [] : [`first token ${milliseconds(this.#first)}`];
    parts.push(`whole ${milliseconds(total)}`);
    if (this.#tokens) parts.push(`${this.#tokens} tokens`);
    if (this.#tokens > 1 && this.#last > this.#first) parts.push(`${((this.#tokens - 1) / ((this.#last - this.#first) / 1000)).toFixed(1)} tokens/s`);
    return parts.join(" · ");
  }
}
