// What is known of a task, made of its events. Knows nothing of the page.

/** States: running → over, by `completed` or `error`, once. Events that are not understood change nothing. */
export class TaskState {
  model = null;
  created = null;
  ended = null;
  isQueued = false;
  stage = null;
  /** `{ iteration, code, language, isCut, reviews: [], decision, active, revision }`, in order. */
  rounds = [];
  reviewers = [];
  /** The answer so far, of a task that is no code. */
  text = "";
  result = null;
  error = null;

  get isOver() { return this.result !== null || this.error !== null; }

  get isCancelled() { return this.error !== null && /cancel/i.test(`${this.error.code ?? ""} ${this.error.status ?? ""} ${this.error.type ?? ""}`); }

  /** Takes an event `{ name, data }`; gives a sentence for those who do not see the page, or null. */
  take({ name, data }) {
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return null;
    }
    if (value === null || typeof value !== "object") return null;
    switch (name) {
      case "text": return this.#takeText(value);
      case "stage": return this.#takeStage(value);
      case "code": return this.#takeCode(value);
      case "review": return this.#takeReview(value);
      case "decision": return this.#takeDecision(value);
      case "completed": return this.#complete(value);
      case "error": return this.#fail(value);
      default: return null;
    }
  }

  #round(iteration) {
    const number = Number.isInteger(iteration) && iteration > 0 && iteration <= 1000 ? iteration : this.rounds.at(-1)?.iteration ?? 1;
    let round = this.rounds.find((known) => known.iteration === number);
    if (!round) {
      round = { iteration: number, code: null, language: null, isCut: false, reviews: [], decision: null, active: null, revision: 0 };
      this.rounds.push(round);
      this.rounds.sort((a, b) => a.iteration - b.iteration);
    }
    round.revision += 1;
    return round;
  }

  #takeText(value) {
    const isFirst = this.text === "";
    this.text += string(value.text);
    return isFirst ? "The answer begins" : null;
  }

  #takeStage(value) {
    this.stage = { ...value, stage: string(value.stage) };
    this.isQueued = this.stage.stage === "queued";
    if (this.stage.stage === "restarted") return this.#restart();
    if (this.isQueued || value.iteration === undefined) return null;
    for (const round of this.rounds) round.active = null;
    this.#round(value.iteration).active = this.stage.stage;
    return `Iteration ${value.iteration}: ${this.stage.stage}`;
  }

  /** Another replica makes it anew: what was told until now is void. */
  #restart() {
    this.rounds = [];
    this.reviewers = [];
    this.text = "";
    return "It is begun anew: the gateway that made it was lost";
  }

  #takeCode(value) {
    const round = this.#round(value.iteration);
    Object.assign(round, { code: string(value.code), language: value.language ? string(value.language) : null, isCut: value.truncated === true });
    return `Code of iteration ${round.iteration} is there`;
  }

  #takeReview(value) {
    const round = this.#round(value.iteration);
    const review = { reviewer: string(value.reviewer), decision: string(value.decision), reason: string(value.reason ?? "") };
    round.reviews = [...round.reviews.filter((known) => known.reviewer !== review.reviewer), review];
    if (!this.reviewers.includes(review.reviewer)) this.reviewers.push(review.reviewer);
    return `${review.reviewer} votes ${review.decision.toLowerCase()}`;
  }

  #takeDecision(value) {
    const round = this.#round(value.iteration);
    round.decision = value;
    round.active = null;
    return `Iteration ${round.iteration} is ${value.approved ? "approved" : "rejected"}`;
  }

  #complete(value) {
    this.result = value;
    this.#finish();
    return value.approved === false ? "It is completed, not approved" : "It is completed";
  }

  #fail(value) {
    const error = value.error && typeof value.error === "object" ? value.error : value;
    this.error = { ...error, message: string(error.message ?? "No reason was given.") };
    this.#finish();
    return this.isCancelled ? "It was cancelled" : `It failed: ${this.error.message}`;
  }

  #finish() {
    for (const round of this.rounds) round.active = null;
  }

  /** What came out: `{ code, language }`, or `text` of a task that is no code (code null). */
  get final() {
    const { result } = this;
    if (typeof result.final_code === "string") {
      const source = this.rounds.findLast((round) => round.code !== null);
      return { code: result.final_code, language: string(result.language ?? source?.language ?? ""), text: null };
    }
    const text = result.content ?? result.choices?.[0]?.message?.content ?? (this.text || null) ?? JSON.stringify(result, null, 2);
    return { code: null, language: null, text: string(text) };
  }
}

const string = (value) => (typeof value === "string" ? value : JSON.stringify(value) ?? "");
