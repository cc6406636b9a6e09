// Server-sent events over fetch, which can carry a key and starts anew where a connection was lost.

/** Cuts a stream of text into events, as the HTML standard says. Text may be split anywhere. */
export class EventParser {
  #rest = "";
  #event = { name: "", data: [], id: undefined };
  lastID = undefined;

  /** Takes more text; gives the events that are whole: `{ name, data, id }`. */
  take(text) {
    const events = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line !== "") {
        this.#read(line);
        continue;
      }
      if (this.#event.id !== undefined) this.lastID = this.#event.id;
      if (this.#event.data.length) {
        events.push({ name: this.#event.name || "message", data: this.#event.data.join("\n"), id: this.lastID });
      }
      this.#event = { name: "", data: [], id: undefined };
    }
    return events;
  }

  #read(line) {
    if (line.startsWith(":")) return;
    const end = line.indexOf(":");
    const name = end < 0 ? line : line.slice(0, end);
    const value = end < 0 ? "" : line.slice(end + 1).replace(/^ /, "");
    if (name === "data") this.#event.data.push(value);
    else if (name === "event") this.#event.name = value;
    else if (name === "id" && !value.includes("\0")) this.#event.id = value;
  }
}

/**
 * Follows a stream of events to its end, over as many connections as that takes.
 *
 * It ends when `onEvent` returns true or the server refuses (`onRefusal`, with the answer). A connection that breaks,
 * ends early or stays silent for `silence` milliseconds is made anew, from the last event on, after a pause that grows.
 * States told by `onState`: connecting → live → waiting (with the pause in milliseconds) → connecting …
 */
export class Follower {
  #url; #headers; #on; #silence;
  #lastID = null;
  #attempt = 0;
  #abort = null;
  #timer = null;
  #isOver = false;

  constructor(url, { headers, silence = 45_000, onEvent, onState, onRefusal }) {
    this.#url = url;
    this.#headers = headers;
    this.#silence = silence;
    this.#on = { event: onEvent, state: onState, refusal: onRefusal };
  }

  start() { this.#connect(); }

  /** Ends it for good. */
  stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  /** Tries at once instead of after the pause. */
  hurry() {
    if (this.#isOver || this.#abort) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  async #connect() {
    this.#on.state("connecting");
    this.#abort = new AbortController();
    let reason = "lost";
    try {
      reason = await this.#read(this.#abort.signal);
    } catch {
      // Any failure of the network leads to the next attempt.
    }
    this.#abort = null;
    if (this.#isOver) return;
    if (reason === "over") this.#isOver = true;
    else this.#wait();
  }

  async #read(signal) {
    const headers = { accept: "text/event-stream", ...this.#headers() };
    if (this.#lastID !== null) headers["last-event-id"] = this.#lastID;
    const answer = await fetch(this.#url, { headers, signal, cache: "no-store" });
    if (!answer.ok) {
      // What is busy or broken may be well soon; anything else is an answer.
      if (answer.status >= 500 || answer.status === 429) return "lost";
      this.#on.refusal(answer);
      return "over";
    }
    this.#attempt = 0;
    this.#on.state("live");
    const parser = new EventParser();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await this.#timed(reader);
      if (done) return "lost";
      for (const event of parser.take(value)) {
        if (event.id !== undefined) this.#lastID = event.id;
        if (this.#on.event(event)) return "over";
      }
    }
  }

  /** What comes next, unless nothing does for too long. */
  async #timed(reader) {
    let timer;
    const silence = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("silence")), this.#silence); });
    try {
      return await Promise.race([reader.read(), silence]);
    } catch (error) {
      this.#abort?.abort();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #wait() {
    const pause = Math.min(10_000, 500 * 2 ** this.#attempt) * (0.8 + Math.random() * 0.4);
    this.#attempt += 1;
    this.#on.state("waiting", pause);
    this.#timer = setTimeout(() => this.#connect(), pause);
  }
}
