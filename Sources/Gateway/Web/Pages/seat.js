// One side of the playground: a model or an agent, and the chat with it.
import { el, key, root } from "./dom.js";
import { call } from "./call.js";
import { Record } from "./record.js";

/** What stands before an agent's name among the names of models. */
export const agentPrefix = "agent: ";

export const field = (id, label, input) => el("div", { class: "field" }, el("label", { for: id }, label), input);

const nothingSaid = () => el("p", { class: "empty" }, "What is said comes here.");

/** A name of a conversation; `crypto.randomUUID` is not there on plain HTTP. */
const conversationName = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** States: idle → busy → idle. */
export class Seat {
  element;
  isBusy = false;
  #settings;
  #model;
  #names;
  #messages = [];
  #conversation = conversationName();
  #abort = null;
  #talk = el("div", { class: "talk", tabindex: "0", role: "log" });
  #more = el("div", { class: "records" });

  constructor(settings, index) {
    this.#settings = settings;
    const id = `play-model-${index}`;
    this.#names = el("datalist", { id: `${id}-names` });
    this.#model = el("input", { class: "input", id, list: `${id}-names`, autocomplete: "off", spellcheck: "false", placeholder: "Name of a model or agent" });
    this.#talk.setAttribute("aria-label", `Chat ${index + 1}`);
    this.#talk.append(nothingSaid());
    this.element = el("section", { class: "card seat", "aria-label": `Side ${index + 1}` },
      el("div", { class: "row" }, field(id, `Model ${index + 1}`, this.#model)), this.#names, this.#talk, this.#more);
    this.index = index;
  }

  offer(names) {
    this.#names.replaceChildren(...names.map((name) => el("option", { value: name })));
    if (!this.#model.value) this.#model.value = names[Math.min(this.index, names.length - 1)] ?? "";
  }

  stop() { this.#abort?.abort(); }

  clear() {
    this.stop();
    this.#messages = [];
    this.#conversation = conversationName();
    this.#talk.replaceChildren(nothingSaid());
    this.#more.replaceChildren();
  }

  /** The call that says `text`. Throws an error that tells what cannot be sent. */
  #request(text) {
    const name = this.#model.value;
    const isAgent = name.startsWith(agentPrefix);
    const [path, body] = isAgent ? this.#toAgent(name.slice(agentPrefix.length), text) : this.#toModel(name, text);
    return { method: "POST", url: new URL(path, root), headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  }

  #toModel(model, text) {
    const { system, temperature, most, tools, isStream } = this.#settings;
    const body = { model, messages: [...(system.value ? [{ role: "system", content: system.value }] : []), ...this.#messages, { role: "user", content: text }] };
    if (temperature.value) body.temperature = Number(temperature.value);
    if (most.value) body.max_tokens = Number(most.value);
    if (tools.value.trim()) body.tools = parsed(tools.value);
    if (isStream.checked) Object.assign(body, { stream: true, stream_options: { include_usage: true } });
    return ["v1/chat/completions", body];
  }

  /** An agent keeps the conversation itself. */
  #toAgent(agent, text) {
    const { system, isStream } = this.#settings;
    const body = { message: text, agent_name: agent, conversation_id: this.#conversation };
    if (system.value) body.instructions = system.value;
    return [isStream.checked ? "chat/stream" : "chat", body];
  }

  async say(text) {
    if (this.#talk.querySelector(".empty")) this.#talk.replaceChildren();
    this.#talk.append(el("div", { class: "said user" }, el("span", { class: "who" }, "You"), el("div", { class: "text" }, text)));
    const pieces = el("div", { class: "pieces" }, el("div", { class: "text" }, el("span", { class: "spinner" })));
    const timing = el("span", { class: "timing" });
    this.#talk.append(el("div", { class: "said" }, el("span", { class: "who" }, this.#model.value), pieces, timing));
    this.#follow();
    this.#abort = new AbortController();
    this.isBusy = true;
    try {
      const request = this.#request(text);
      const record = new Record(request, pieces, () => this.#follow());
      this.#more.replaceChildren(...record.elements);
      const total = await call({ ...request, headers: { ...request.headers, ...key.headers } }, record, this.#abort.signal);
      record.finish();
      timing.textContent = record.timing(total);
      this.#messages.push({ role: "user", content: text }, { role: "assistant", content: record.text });
    } catch (error) {
      pieces.querySelector(".spinner")?.parentElement.remove();
      pieces.append(el("div", { class: "text fault" }, this.#abort.signal.aborted ? "Stopped." : error.message));
    }
    this.isBusy = false;
    this.#follow();
  }

  #follow() { this.#talk.scrollTop = this.#talk.scrollHeight; }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The tools are no JSON: ${error.message}`);
  }
}
