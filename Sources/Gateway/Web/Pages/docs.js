// The page that makes calls: pick an operation, edit what it is sent, watch what comes.
import { byID, copyButton, el, inline, key, operatorKey, prose, root } from "./dom.js";
import { curl, load, pretty } from "./openapi.js";
import { fillMenu, markMenu, methodBadge, wireMenu } from "./menu.js";
import { highlight } from "./highlight.js";
import { AnswerView } from "./answer.js";

const main = byID("main");
let description;
/** The paths that this listener serves; null where it does not tell. */
let served = null;
let running = null;

try {
  [description, served] = await Promise.all([load(), loadServed()]);
  wireMenu();
  showMenu("");
  byID("search").addEventListener("input", (event) => showMenu(event.target.value));
  addEventListener("hashchange", () => show(true));
  show(false);
} catch (error) {
  main.replaceChildren(el("p", { role: "alert" }, `The description could not be read: ${error.message}`));
}

async function loadServed() {
  const answer = await fetch(root, { headers: { accept: "application/json" } });
  return answer.ok ? new Set((await answer.json()).endpoints) : null;
}

function isServed(operation) { return served === null || served.has(operation.path); }

function selected() {
  const id = decodeURIComponent(location.hash.slice(1));
  return description.operations.find((operation) => operation.id === id) ?? description.operations[0];
}

function showMenu(words) {
  const wanted = words.toLowerCase().split(/\s+/);
  fillMenu(description.tags.map((tag) => ({
    name: tag.name,
    entries: tag.operations
      .filter(({ id, path, summary, method }) => wanted.every((word) => `${id} ${method} ${path} ${summary}`.toLowerCase().includes(word)))
      .map((operation) => ({ id: operation.id, label: operation.summary, badge: methodBadge(operation), isFaint: !isServed(operation) })),
  })));
  markMenu(selected().id);
}

function show(byHand) {
  if (location.hash === "#main") return;
  running?.abort();
  const operation = selected();
  document.title = `${operation.summary} · Sluice`;
  markMenu(operation.id);
  const answer = new AnswerView();
  main.replaceChildren(
    el("div", { class: "title" }, el("h1", {}, operation.summary),
      el("div", { class: "address" }, methodBadge(operation), el("code", {}, operation.path))),
    ...(isServed(operation) ? [] : [el("p", { class: "notice" }, "This listener does not serve it: the configuration leaves it out, or another listener has it.")]),
    ...(operation.description ? [el("div", { class: "text" }, prose(operation.description))] : []),
    el("div", { class: "bench" }, requestCard(operation, answer), answer.element));
  if (byHand) {
    scrollTo({ top: 0 });
    main.focus({ preventScroll: true });
  }
}

/** The form of a request, with everything that it needs to be sent. */
function requestCard(operation, answer) {
  const fields = operation.parameters.map(parameterField);
  const [needed, spare] = [true, false].map((wanted) => fields.filter(({ parameter }) => (parameter.required ?? false) === wanted));
  const accept = acceptField(operation);
  const body = operation.body ? bodyField(operation.body) : null;
  const usedKey = operation.security.includes("operatorKey") ? operatorKey : key;
  const keyInput = keyField(operation, usedKey);
  const line = el("code");
  const sendButton = el("button", { type: "submit", class: "button primary" }, "Send");
  const stopButton = el("button", { type: "button", class: "button", hidden: true, click: () => running?.abort() }, "Stop");

  const request = () => {
    let path = operation.path;
    const query = new URLSearchParams();
    const headers = {};
    for (const { parameter, input } of fields) {
      if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value && parameter.in === "query") query.set(parameter.name, input.value);
      else if (input.value) headers[parameter.name.toLowerCase()] = input.value;
    }
    if (accept) headers.accept = accept.input.value;
    if (body) headers["content-type"] = "application/json";
    const url = new URL(path.slice(1), root);
    url.search = query;
    return { method: operation.method, url, headers, body: body?.input.value };
  };
  const commandOf = ({ method, url, headers, body }) =>
    curl(method, String(url), { ...headers, ...(usedKey.value ? { authorization: "Bearer $KEY" } : {}) }, body)
      .replace("'authorization: Bearer $KEY'", '"authorization: Bearer $KEY"');
  const update = () => {
    line.replaceChildren(...highlight(commandOf(request()), "shell"));
    const fault = body?.check() ?? null;
    sendButton.disabled = fault !== null && fault !== "";
  };

  const form = el("form", { class: "card", input: update, change: update, submit: async (event) => {
    event.preventDefault();
    running?.abort();
    const abort = new AbortController();
    running = abort;
    [sendButton.hidden, stopButton.hidden] = [true, false];
    const sent = request();
    await answer.run({ ...sent, headers: { ...sent.headers, ...(keyInput ? usedKey.headers : {}) } }, abort.signal);
    if (running === abort) running = null;
    [sendButton.hidden, stopButton.hidden] = [false, true];
  }, keydown: (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  } },
  el("h2", {}, "Request"), keyInput, needed.map((field) => field.element), accept?.element, body?.element,
  spare.length ? el("details", {}, el("summary", {}, "More that may be sent"), el("div", { class: "fields" }, spare.map((field) => field.element))) : null,
  el("div", { class: "row" }, sendButton, stopButton, body ? el("span", { class: "hint" }, "or Ctrl + Enter") : null),
  el("div", { class: "block" }, el("div", { class: "block-head" }, el("span", {}, "The same with curl"), copyButton(() => line.textContent)),
    el("pre", { tabindex: "0", role: "region", "aria-label": "The same with curl" }, line)));
  body?.onPick(update);
  update();
  return form;
}

function keyField(operation, usedKey) {
  if (!operation.security.length) return null;
  const input = el("input", { class: "input", id: "key", type: "password", autocomplete: "off", spellcheck: "false",
    "aria-describedby": "key-hint", input: (event) => { usedKey.value = event.target.value.trim(); } });
  input.value = usedKey.value;
  return el("div", { class: "field" }, el("label", { for: "key" }, usedKey === operatorKey ? "Operator's key" : "Key"), input,
    el("p", { class: "hint", id: "key-hint" }, "Stays in this tab. Leave it empty where none is asked for."));
}

function parameterField(parameter, index) {
  const id = `parameter-${index}`;
  const attributes = { class: "input", id, "aria-describedby": `${id}-hint`, required: parameter.required };
  const input = parameter.schema.enum
    ? el("select", attributes, parameter.required ? null : el("option", { value: "" }, "not sent"),
      parameter.schema.enum.map((value) => el("option", {}, value)))
    : el("input", { ...attributes, autocomplete: "off", spellcheck: "false", placeholder: parameter.required ? false : "not sent" });
  if (parameter.required && parameter.example !== undefined) input.value = parameter.example;
  const element = el("div", { class: "field" },
    el("label", { for: id }, el("code", {}, parameter.name), ` in ${{ path: "the path", query: "the query", header: "the head" }[parameter.in]}`),
    input, el("p", { class: "hint", id: `${id}-hint` }, inline(parameter.description ?? "")));
  return { parameter, input, element };
}

/** A choice of forms, where a path has several and the request's head decides. */
function acceptField(operation) {
  const kinds = Object.keys(operation.responses.find(({ status }) => status === "200")?.content ?? {});
  if (operation.method !== "GET" || kinds.length < 2) return null;
  const input = el("select", { class: "input", id: "accept" }, kinds.map((kind) => el("option", {}, kind)));
  return { input, element: el("div", { class: "field" }, el("label", { for: "accept" }, "Form of the answer"), input) };
}

function bodyField(media) {
  const examples = description.examplesOf(media);
  const input = el("textarea", { class: "input", id: "body", rows: "12", spellcheck: "false", autocomplete: "off", "aria-describedby": "body-fault" });
  const fault = el("p", { class: "fault", id: "body-fault", role: "status" });
  let picked = () => {};
  const pick = (example, button) => {
    input.value = pretty(example.value);
    input.rows = Math.min(20, Math.max(6, input.value.split("\n").length + 1));
    for (const other of chips.children) other.setAttribute("aria-pressed", String(other === button));
    picked();
  };
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Examples" }, examples.map((example) =>
    el("button", { type: "button", class: "button small", "aria-pressed": "false", click: (event) => pick(example, event.currentTarget) }, example.summary)));
  if (examples.length) pick(examples[0], chips.firstChild);
  const check = () => {
    let message = "";
    try {
      JSON.parse(input.value);
    } catch (error) {
      message = `No JSON yet: ${error.message}`;
    }
    fault.textContent = message;
    input.setAttribute("aria-invalid", String(message !== ""));
    return message;
  };
  const element = el("div", { class: "field" }, el("label", { for: "body" }, "Body"), examples.length > 1 ? chips : null, input, fault);
  return { input, element, check, onPick: (then) => { picked = then; } };
}
