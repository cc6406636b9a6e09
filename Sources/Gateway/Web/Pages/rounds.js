// Views of a task: its track of steps, its rounds with code and votes, its result.
import { copyButton, el } from "./dom.js";
import { diffLines } from "./diff.js";
import { highlight } from "./highlight.js";

/** A line that needs to be noticed. */
export function notice(tone, heading, text, ...more) {
  return el("div", { class: `notice ${tone}`, role: tone === "bad" ? "alert" : "status" }, el("p", {}, el("strong", {}, heading), text), more);
}

/** One row of steps per iteration, those to come included. */
export function trackView(task) {
  const most = Math.min(Number(task.stage?.max_iterations) || 0, 12);
  const numbers = new Set([...task.rounds.map((round) => round.iteration), ...Array.from({ length: task.isOver ? 0 : most }, (_, index) => index + 1)]);
  return el("ol", { class: "track" }, [...numbers].sort((a, b) => a - b).map((number) => {
    const round = task.rounds.find((known) => known.iteration === number);
    return el("li", { class: round ? "lap" : "lap future", "aria-current": round?.active ? "step" : false },
      el("span", {}, `Iteration ${number}`), el("ol", { class: "steps" }, steps(round ?? { reviews: [] }, task)));
  }));
}

function steps(round, task) {
  const hasCode = typeof round.code === "string";
  const isReviewed = Boolean(round.decision);
  const votes = round.reviews.length ? ` (${round.reviews.length})` : "";
  const step = (words, state, told) => el("li", { class: `step ${state}` }, el("span", {}, words, told ? el("span", { class: "hidden-text" }, ` ${told}`) : null));
  const stateOf = (isDone, isActive) => (isDone ? "done" : isActive && !task.isOver ? "active" : "");
  return [
    step("Code", stateOf(hasCode, round.active === "coding"), hasCode ? "done" : ""),
    step(`Reviews${votes}`, stateOf(isReviewed, hasCode && round.active === "reviewing"), isReviewed ? "done" : ""),
    isReviewed ? step(round.decision.approved ? "✓ Approved" : "✕ Rejected", round.decision.approved ? "yes" : "no") : step("Decision", ""),
  ];
}

const votes = {
  POSITIVE: ["good", "✓ For"], NEGATIVE: ["bad", "✕ Against"], ABSTAINED: ["warn", "– Abstained"], ABSTAIN: ["warn", "– Abstained"],
};

function voteView({ reviewer, decision, reason }) {
  const [tone, words] = votes[decision] ?? ["", decision.slice(0, 24)];
  return el("li", { class: "vote" }, el("div", { class: "row" }, el("h3", {}, reviewer), el("span", { class: `badge ${tone}` }, words)),
    el("p", {}, reason));
}

/** The votes that are there, and places for those that others of the panel have still to give. */
function voteList(task, round) {
  const awaited = round.decision || task.isOver || round.active !== "reviewing" ? []
    : task.reviewers.filter((name) => !round.reviews.some((review) => review.reviewer === name));
  const isFirst = !round.reviews.length && !awaited.length && round.active === "reviewing" && !task.isOver;
  const waiting = (name) => el("li", { class: "vote waiting" }, el("span", { class: "spinner" }), name);
  return el("ul", { class: "votes", "aria-label": `Votes of iteration ${round.iteration}` },
    round.reviews.map(voteView), awaited.map(waiting), isFirst ? waiting("The reviewers read the code") : null);
}

export function codeView(code, language, label, hasCopy = true) {
  return el("div", { class: "block" },
    el("div", { class: "block-head" }, el("span", {}, label, language ? ` · ${language}` : null), hasCopy ? copyButton(() => code) : null),
    el("pre", { tabindex: "0", role: "region", "aria-label": label }, el("code", {}, highlight(code, language))));
}

const signs = { same: " ", added: "+", removed: "−" };

function diffView(before, after) {
  const lines = diffLines(before.code, after.code);
  const count = (kind) => lines.filter((line) => line.kind === kind).length;
  const label = `Changes since iteration ${before.iteration}: ${count("added")} lines added, ${count("removed")} removed`;
  return el("div", { class: "block" }, el("div", { class: "block-head" }, el("span", {}, label)),
    el("pre", { tabindex: "0", role: "region", "aria-label": label, class: "flush" }, el("code", { class: "diff" }, lines.map((line) =>
      el("span", { class: line.kind }, el("i", {}, line.old ? String(line.old) : ""), el("i", {}, line.fresh ? String(line.fresh) : ""),
        el("b", {}, signs[line.kind]), el("span", {}, highlight(line.text, after.language)))))));
}

/** A round: its code, what changed in it, its votes. The code stays as it is while votes come. */
export class RoundView {
  element;
  #code = null;
  #showsChanges = false;
  #standing = el("div", { class: "row" });
  #box = el("div", {});
  #votes = el("div", {});
  #choice;

  constructor(task, round, before) {
    const button = (words, isChanges) => el("button", { type: "button", class: "button small", click: () => {
      this.#showsChanges = isChanges;
      this.#drawCode(round, before);
    } }, words);
    this.#choice = el("div", { class: "switch", role: "group", "aria-label": `View of iteration ${round.iteration}` },
      button("Code", false), button("Changes", true));
    this.element = el("section", { class: "card round", "aria-labelledby": `round-${round.iteration}` },
      el("div", { class: "row" }, el("h2", { id: `round-${round.iteration}` }, `Iteration ${round.iteration}`), this.#standing, this.#choice),
      this.#box, this.#votes);
    this.update(task, round, before);
  }

  update(task, round, before) {
    const isActive = round.active !== null && !task.isOver;
    const { decision } = round;
    this.#standing.replaceChildren(...(decision ? [el("span", { class: `badge ${decision.approved ? "good" : "bad"}` }, decision.approved ? "approved" : "rejected")]
      : isActive ? [el("span", { class: "badge live" }, el("span", { class: "spinner" }), round.active)] : []));
    this.#choice.hidden = round.code === null || typeof before?.code !== "string";
    if (round.code !== this.#code || round.code === null) this.#drawCode(round, before, isActive && round.active === "coding");
    this.#votes.hidden = !round.reviews.length && !(isActive && round.active === "reviewing");
    this.#votes.replaceChildren(voteList(task, round));
  }

  #drawCode(round, before, isComing = false) {
    this.#code = round.code;
    const label = `Code of iteration ${round.iteration}`;
    this.#box.hidden = round.code === null && !isComing;
    this.#box.replaceChildren(...(round.code === null ? [el("div", { class: "vote waiting" }, el("span", { class: "spinner" }), "The coder writes")]
      : this.#showsChanges ? [diffView(before, round)] : [codeView(round.code, round.language, round.isCut ? `${label}, cut off` : label)]));
    for (const button of this.#choice.children) button.setAttribute("aria-pressed", String((button.textContent === "Changes") === this.#showsChanges));
  }
}

/** What came of it all. */
export function finalView(task, actions, content) {
  const { approved, iterations, stopped } = task.result;
  const isJudged = approved !== undefined;
  const tone = isJudged ? (approved ? "good" : "bad") : "good";
  const words = !isJudged ? "Completed" : approved ? "Approved" : "Not approved";
  const reasons = { time_budget: "The time was used up.", token_budget: "The tokens were used up.", no_votes: "No reviewer has voted." };
  const times = Number.isInteger(iterations) ? `after ${iterations} iteration${iterations === 1 ? "" : "s"}. ` : "";
  return el("section", { class: `card verdict ${tone}`, "aria-labelledby": "verdict" },
    el("div", { class: "row" }, el("h2", { id: "verdict" }, words), actions),
    isJudged ? el("p", { class: "muted" }, `${words} ${times}${reasons[stopped] ?? ""}`) : null, content);
}
