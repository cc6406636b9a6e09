// The console: what a listener lets whoever looks see of the gateway.
import { byID, el, operatorKey, root } from "./dom.js";
import { parseFigures } from "./figures.js";
import { RequestsView, TasksView } from "./live.js";
import { Overview } from "./overview.js";
import { Playground } from "./playground.js";
import { ConfigurationView, PoliciesView, UpstreamsView } from "./operations.js";
import { UsageView } from "./usage.js";

const pause = 2000;
const mostSamples = 900;
const historyPause = 60_000;

/** What is known; views read it and change nothing. Times are those of the browser's clock. */
const state = { samples: [], history: { points: [] }, configuration: null, endpoints: new Set() };
let views = [];
let shown = null;
let historyTimer = null;

await begin();

async function begin() {
  const answer = await fetch(root, { headers: { accept: "application/json" } });
  const about = await answer.json();
  state.endpoints = new Set(about.endpoints);
  const has = (path) => state.endpoints.has(path);
  views = [
    ...(has("/metrics") ? [new Overview(state)] : []),
    ...(has("/admin/requests") ? [new RequestsView(state), new TasksView(state, has("/v1/results/{id}"))] : []),
    ...(has("/metrics") ? [new UpstreamsView(state), new UsageView(state)] : []),
    ...(has("/metrics") && has("/admin/config") ? [new PoliciesView(state)] : []),
    ...(has("/admin/config") ? [new ConfigurationView(state, loadConfiguration)] : []),
    ...(has("/v1/chat/completions") ? [new Playground(has("/agents"))] : []),
  ];
  byID("tabs").replaceChildren(...views.map((view) =>
    el("button", { type: "button", role: "tab", id: `tab-${view.id}`, "aria-controls": "view", "aria-selected": "false", tabindex: "-1", click: () => { location.hash = view.id; } }, view.name)));
  byID("tabs").addEventListener("keydown", moveByKeys);
  addEventListener("hashchange", () => show(true));
  setStanding("", `version ${about.version}`);
  show(false);
  if (has("/admin/config")) await loadConfiguration();
  if (has("/metrics")) poll();
}

function show(byHand) {
  const view = views.find((each) => `#${each.id}` === location.hash) ?? views[0];
  if (!view || location.hash === "#main") return;
  shown = view;
  for (const tab of byID("tabs").children) {
    const isSelected = tab.id === `tab-${view.id}`;
    tab.setAttribute("aria-selected", String(isSelected));
    tab.tabIndex = isSelected ? 0 : -1;
    if (isSelected && byHand) tab.focus();
  }
  byID("view").setAttribute("aria-labelledby", `tab-${view.id}`);
  byID("view").replaceChildren(view.element);
  document.title = `${view.name} · Sluice`;
  view.update?.();
}

/** As the ARIA practices have it for tabs. */
function moveByKeys(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  location.hash = views[(views.indexOf(shown) + step + views.length) % views.length].id;
  // The browser tells of the change later, perhaps after the next key.
  show(true);
}

async function poll() {
  if (!document.hidden) {
    try {
      const answer = await fetch(new URL("metrics", root), { headers: { ...operatorKey.headers, accept: "text/plain" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      state.samples.push(parseFigures(await answer.text()));
      if (state.samples.length > mostSamples) state.samples.shift();
      setStanding("good", "live");
      shown?.update?.();
    } catch {
      setStanding("warn", "no connection");
    }
  }
  setTimeout(poll, pause);
}

/** The last hour, as the gateway has it: at once, and then every minute, so that the newest figures alone are sampled. */
async function readHistory() {
  historyTimer = 0;
  const answer = document.hidden ? null : await fetch(new URL("admin/history", root), { headers: operatorKey.headers }).catch(() => null);
  if (answer?.ok) {
    const { now, data } = await answer.json();
    const ahead = Date.now() / 1000 - now;
    state.history = { points: data.map((point) => ({ ...point, at: point.at + ahead })) };
    shown?.update?.();
  }
  historyTimer = setTimeout(readHistory, historyPause);
}

async function loadConfiguration() {
  const answer = await fetch(new URL("admin/config", root), { headers: operatorKey.headers }).catch(() => null);
  if (answer?.ok) {
    state.configuration = await answer.json();
    byID("gate").hidden = true;
    shown?.update?.();
    if (state.endpoints.has("/admin/history") && historyTimer === null) readHistory();
  } else if (answer) {
    const body = await answer.json().catch(() => null);
    askForKey(body?.error?.message ?? `Status ${answer.status}`);
  }
}

function askForKey(reason) {
  const input = el("input", { class: "input", id: "key", type: "password", autocomplete: "off", "aria-label": "Operator's key", placeholder: "Operator's key" });
  byID("gate").hidden = false;
  byID("gate").replaceChildren(el("div", { class: "notice" }, el("span", {}, reason), el("form", { submit: (event) => {
    event.preventDefault();
    operatorKey.value = input.value.trim();
    loadConfiguration();
  } }, input, el("button", { class: "button primary" }, "Use it"))));
}

function setStanding(tone, words) {
  const badge = byID("standing");
  if (badge.textContent === words) return;
  badge.className = `badge ${tone}`;
  badge.textContent = words;
}
