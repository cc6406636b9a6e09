// Chats with one model or agent, or with two side by side.
import { el, key, root } from "./dom.js";
import { Seat, agentPrefix, field } from "./seat.js";

export class Playground {
  id = "playground";
  name = "Playground";
  element = el("div", { class: "section" });
  #seats = [];
  #seatBox = el("div", { class: "seats" });
  #names = [];
  #hasAgents;
  #fault = el("div", { class: "notice", role: "status", hidden: true });
  #settings;
  #isLoaded = false;

  constructor(hasAgents) {
    this.#hasAgents = hasAgents;
    const keyInput = el("input", { class: "input", id: "play-key", type: "password", autocomplete: "off", spellcheck: "false",
      input: (event) => { key.value = event.target.value.trim(); }, change: () => this.#load() });
    keyInput.value = key.value;
    this.system = el("textarea", { class: "input talk-input", id: "play-system", rows: "2" });
    this.temperature = el("input", { class: "input", id: "play-temperature", type: "number", min: "0", max: "2", step: "0.1", placeholder: "the model's" });
    this.most = el("input", { class: "input", id: "play-most", type: "number", min: "1", step: "1", placeholder: "the model's" });
    this.tools = el("textarea", { class: "input", id: "play-tools", rows: "3", spellcheck: "false", placeholder: "[{\"type\": \"function\", \"function\": {\"name\": …}}]" });
    this.isStream = el("input", { type: "checkbox", id: "play-stream", checked: true });
    const isDouble = el("input", { type: "checkbox", id: "play-double", change: () => this.#setSeats(isDouble.checked ? 2 : 1) });
    const message = el("textarea", { class: "input talk-input", id: "play-message", rows: "3", placeholder: "Say something", required: true });
    this.#settings = el("details", {}, el("summary", {}, "Settings"), el("div", { class: "settings" },
      el("div", { class: "wide" }, field("play-system", "System prompt", this.system)), el("div", { class: "wide" }, field("play-tools", "Tools that a model may call, as JSON", this.tools)), field("play-key", "Key", keyInput),
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
    check("play-double", "Compare two side by side", isDouble));
    this.element.append(this.#fault, this.#seatBox, form);
    this.#setSeats(1);
  }

  update() { if (!this.#isLoaded) this.#load(); }

  async #load() {
    this.#isLoaded = true;
    const [models, agents] = await Promise.all([this.#list("v1/models"), this.#hasAgents ? this.#list("agents") : null]);
    this.#names = [...(models.body?.data ?? []).map(({ id }) => id), ...(agents?.body?.agents ?? []).map((name) => agentPrefix + name)];
    this.#fault.hidden = models.ok;
    if (!models.ok) this.#settings.open = true;
    this.#fault.textContent = models.ok ? "" : `The models could not be listed: ${models.body?.error?.message ?? "no connection."} A key is set below, among the settings.`;
    for (const seat of this.#seats) seat.offer(this.#names);
  }

  async #list(path) {
    const answer = await fetch(new URL(path, root), { headers: key.headers }).catch(() => null);
    return { ok: answer?.ok === true, body: (await answer?.json().catch(() => null)) ?? null };
  }

  #setSeats(count) {
    while (this.#seats.length > count) {
      const seat = this.#seats.pop();
      seat.stop();
      seat.element.remove();
    }
    while (this.#seats.length < count) {
      const seat = new Seat(this, this.#seats.length);
      seat.offer(this.#names);
      this.#seats.push(seat);
      this.#seatBox.append(seat.element);
    }
  }
}

const check = (id, label, input) => el("label", { class: "check", for: id }, input, label);
