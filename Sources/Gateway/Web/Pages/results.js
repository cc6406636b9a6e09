// The page of one task: follows its events and shows where it stands. What comes from models is text, never markup.
import { byID, copy, download, el, key, root } from "./dom.js";
import { Follower } from "./events.js";
import { suffixOf } from "./highlight.js";
import { RoundView, codeView, finalView, notice, trackView } from "./rounds.js";
import { TaskState } from "./task.js";

const id = decodeURIComponent(location.pathname.split("/").filter(Boolean).pop() ?? "");
const task = new TaskState();
const main = byID("main");
const views = new Map();
let connection = { state: "connecting" };
let refusal = null;
let isCancelling = false;

const title = el("h1", {}, "Code in the making");
const badge = el("span", { class: "badge" });
const cancelButton = el("button", { type: "button", class: "button danger", click: cancel }, "Cancel");
const facts = el("div", { class: "facts" });
const notices = el("div", { hidden: true });
const track = el("section", { class: "card", "aria-label": "Progress", hidden: true });
const verdict = el("div", { hidden: true });
const rounds = el("div", { class: "result-rounds" });
const answer = el("section", { class: "card text plain", "aria-label": "The answer so far", hidden: true });
main.append(el("div", { class: "head" }, el("div", { class: "row" }, title, badge, cancelButton), el("p", { class: "id" }, id), facts),
  notices, track, verdict, answer, rounds);

const follower = new Follower(new URL(`v1/results/${encodeURIComponent(id)}`, root), {
  headers: () => key.headers,
  onEvent: (event) => {
    const news = task.take(event);
    if (news) byID("news").textContent = news;
    if (task.rounds.length < views.size) forget();
    draw();
    if (task.isOver) loadStatus();
    return task.isOver;
  },
  onState: (state, pause) => {
    connection = { state, until: pause ? Date.now() + pause : 0 };
    if (state === "waiting") byID("news").textContent = "The connection is lost. It is tried again.";
    draw();
  },
  onRefusal: async (answer) => {
    const body = await answer.json().catch(() => null);
    refusal = { status: answer.status, message: body?.error?.message ?? `The gateway answered ${answer.status}.` };
    draw();
  },
});
follower.start();
loadStatus();
setInterval(drawClock, 500);
addEventListener("online", () => follower.hurry());
document.addEventListener("visibilitychange", () => { if (!document.hidden) follower.hurry(); });

/** The model and the time of the beginning, which the events do not tell. */
async function loadStatus() {
  try {
    const answer = await fetch(new URL(`v1/status/${encodeURIComponent(id)}`, root), { headers: key.headers });
    if (!answer.ok) return;
    const status = await answer.json();
    task.model ??= status.model;
    task.created = Number(status.created) || null;
    if (!["queued", "running"].includes(status.status)) task.ended = Number(status.updated) || null;
    task.isQueued = status.status === "queued" && task.stage === null;
    draw();
  } catch {
    // The events are what counts.
  }
}

async function cancel() {
  isCancelling = true;
  draw();
  try {
    const answer = await fetch(new URL(`v1/tasks/${encodeURIComponent(id)}`, root), { method: "DELETE", headers: key.headers });
    if (!answer.ok) {
      const body = await answer.json().catch(() => null);
      byID("news").textContent = "It could not be cancelled.";
      notices.replaceChildren(notice("bad", "It could not be cancelled.", body?.error?.message ?? `Status ${answer.status}`));
      notices.hidden = false;
    }
  } catch {
    byID("news").textContent = "It could not be cancelled: no connection.";
  }
  isCancelling = false;
}

// Drawing

function draw() {
  drawHead();
  drawNotice();
  drawClock();
  track.hidden = task.rounds.length === 0;
  track.replaceChildren(trackView(task));
  drawVerdict();
  drawText();
  for (const [index, round] of task.rounds.entries()) drawRound(round, index);
}

/** The task is made anew: what is shown of it is void. */
function forget() {
  views.clear();
  rounds.replaceChildren();
}

/** A round is touched only when something of it has changed, so that what is marked or scrolled stays. */
function drawRound(round, index) {
  const known = views.get(index);
  if (known?.revision === round.revision && known.isOver === task.isOver) return;
  const before = task.rounds[index - 1];
  const view = known?.view ?? new RoundView(task, round, before);
  if (known) view.update(task, round, before);
  else rounds.prepend(view.element);
  views.set(index, { view, revision: round.revision, isOver: task.isOver });
}

function drawHead() {
  const [tone, words] = standing();
  badge.className = `badge ${tone}`;
  badge.replaceChildren(...(tone === "live" && connection.state === "live" ? [el("span", { class: "spinner" })] : []), words);
  title.textContent = task.result ? "Result" : task.error ? "No result" : refusal ? "Task" : "Work in progress";
  document.title = `${words} · Sluice`;
  cancelButton.hidden = task.isOver || refusal !== null;
  cancelButton.disabled = isCancelling;
}

function standing() {
  if (task.error) return [task.isCancelled ? "warn" : "bad", task.isCancelled ? "cancelled" : "failed"];
  if (task.result) {
    if (task.result.approved === undefined) return ["good", "completed"];
    return task.result.approved ? ["good", "approved"] : ["bad", "not approved"];
  }
  if (refusal) return ["warn", "not shown"];
  if (connection.state === "waiting") return ["warn", "connection lost"];
  if (connection.state === "connecting") return ["", "connecting"];
  return ["live", task.stage?.stage ?? (task.isQueued ? "queued" : task.text ? "writing" : "waiting")];
}

function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function drawClock() {
  const parts = [];
  if (task.model) parts.push(`Model ${task.model}`);
  if (task.stage?.iteration) parts.push(`Iteration ${task.stage.iteration}${task.stage.max_iterations ? ` of ${task.stage.max_iterations}` : ""}`);
  if (task.created) {
    const seconds = Math.max(0, (task.isOver ? task.ended ?? Date.now() / 1000 : Date.now() / 1000) - task.created);
    parts.push(`${task.isOver ? "Took" : "Running for"} ${duration(Math.round(seconds))}`);
  }
  const text = parts.join("\n");
  if (facts.dataset.text !== text) {
    facts.dataset.text = text;
    facts.replaceChildren(...parts.map((part) => el("span", {}, part)));
  }
  const pause = byID("pause");
  if (pause) pause.textContent = `Next try in ${Math.max(0, Math.ceil((connection.until - Date.now()) / 1000))} s. Nothing is lost: it goes on from here.`;
}

function drawNotice() {
  const wanted = noticeKind();
  if (notices.dataset.kind === wanted) return;
  notices.dataset.kind = wanted;
  notices.hidden = wanted === "";
  notices.replaceChildren(...(wanted === "" ? [] : [noticeFor(wanted)]));
}

function noticeKind() {
  if (task.error) return "error";
  if (task.isOver) return "";
  if (refusal) return [401, 403].includes(refusal.status) ? "key" : "refused";
  return connection.state === "waiting" ? "lost" : notices.dataset.kind === "lost" && connection.state === "connecting" ? "lost" : "";
}

function noticeFor(kind) {
  switch (kind) {
    case "error": return notice(task.isCancelled ? "warn" : "bad", task.isCancelled ? "Cancelled" : "It failed", task.error.message);
    case "lost": return notice("warn", "The connection is lost", el("span", { id: "pause" }),
      el("button", { type: "button", class: "button small", click: () => follower.hurry() }, "Try now"));
    case "key": return keyNotice();
    default: return notice("bad", refusal.status === 404 ? "There is no such task" : "It cannot be shown", refusal.message);
  }
}

/** Asks for a key where the address alone does not do. */
function keyNotice() {
  const input = el("input", { class: "input", id: "key", type: "password", autocomplete: "off", "aria-label": "Key", placeholder: "Key" });
  return notice("warn", "A key is needed to see this", refusal.message, el("form", { submit: (event) => {
    event.preventDefault();
    key.value = input.value.trim();
    location.reload();
  } }, input, el("button", { class: "button primary" }, "Show")));
}

/** Only what is new is added. */
function drawText() {
  answer.hidden = task.text === "" || task.result !== null;
  if (task.text.length < (answer.firstChild?.length ?? 0)) answer.replaceChildren();
  const shown = answer.firstChild?.length ?? 0;
  if (!answer.firstChild) answer.append(document.createTextNode(""));
  if (task.text.length > shown) answer.firstChild.appendData(task.text.slice(shown));
}

function drawVerdict() {
  if (!task.result || !verdict.hidden) return;
  const { code, language, text } = task.final;
  const name = `result.${suffixOf(language)}`;
  verdict.hidden = false;
  verdict.replaceChildren(finalView(task,
    code === null ? null : [el("button", { type: "button", class: "button primary small", click: () => copy(code) }, "Copy the code"), el("button", { type: "button", class: "button small", click: () => download(name, code) }, "Download")],
    code === null ? el("p", { class: "plain" }, text) : codeView(code, language, "Final code", false)));
}
