// What all pages share: elements, the theme, copying, the key.
//
// Texts become text nodes and nothing else, so that nothing that a model, a provider or a person wrote is ever read as
// markup.

/** Makes an element. Attributes that are functions listen; `false`, `null` and `undefined` leave an attribute out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byID = (id) => document.getElementById(id);

/** Our small way to write in descriptions: a blank line parts paragraphs, backticks hold code. */
export function prose(text) {
  return text.split("\n\n").map((paragraph) => el("p", {}, inline(paragraph)));
}

export function inline(text) {
  return text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

/** A block of code with its name and a button that copies it. `children` show the text, perhaps in colours. */
export function codeBlock(text, children = [text], label = "Code") {
  return el("div", { class: "block" },
    el("div", { class: "block-head" }, el("span", {}, label), copyButton(() => text)), el("pre", { tabindex: "0", role: "region", "aria-label": label }, el("code", {}, children)));
}

export function copyButton(text, label = "Copy") {
  return el("button", { type: "button", class: "button quiet small", click: () => copy(text()) }, label);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy");
  }
}

/** Says something for two seconds; screen readers hear it. */
export function toast(text) {
  const line = byID("toast") ?? document.body.appendChild(el("div", { id: "toast", role: "status" }));
  const message = el("div", { class: "toast" }, text);
  line.replaceChildren(message);
  setTimeout(() => message.remove(), 2000);
}

/** Asks whether something is meant; gives true or false. */
export function confirmed(title, text, word) {
  return new Promise((resolve) => {
    const box = el("dialog", { class: "card ask", "aria-labelledby": "ask-title", close: () => {
      box.remove();
      resolve(box.returnValue === "yes");
    } }, el("form", { method: "dialog" }, el("h2", { id: "ask-title" }, title), el("p", {}, text),
      el("div", { class: "row" }, el("button", { class: "button", value: "no", autofocus: true }, "Keep it"), el("button", { class: "button danger", value: "yes" }, word))));
    document.body.append(box);
    box.showModal();
  });
}

/** Saves a text as a file. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A key of whoever looks: in this tab alone, until it is closed. */
class Key {
  #name;
  constructor(name) { this.#name = name; }

  get value() { return sessionStorage.getItem(this.#name) ?? ""; }
  set value(text) {
    if (text) sessionStorage.setItem(this.#name, text);
    else sessionStorage.removeItem(this.#name);
  }

  get headers() { return this.value ? { authorization: `Bearer ${this.value}` } : {}; }
}

export const key = new Key("sluice-key");
export const operatorKey = new Key("sluice-operator-key");

/** Where the gateway is: the pages may be behind a prefix of a proxy. */
export const root = new URL("../../", import.meta.url);

for (const link of document.querySelectorAll(".bar nav a")) {
  if (new URL(link.href).pathname === location.pathname) link.setAttribute("aria-current", "page");
}

const themes = ["auto", "light", "dark"];

function theme() { return localStorage.getItem("sluice-theme") ?? "auto"; }

function showTheme() {
  const name = theme();
  if (name === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = name;
  const button = byID("theme");
  if (!button) return;
  button.textContent = { auto: "◐", light: "☀", dark: "☾" }[name];
  button.setAttribute("aria-label", `Colours: ${name === "auto" ? "as the system's" : name}. Change`);
  button.title = `Colours: ${name}`;
}

byID("theme")?.addEventListener("click", () => {
  localStorage.setItem("sluice-theme", themes[(themes.indexOf(theme()) + 1) % themes.length]);
  showTheme();
});
showTheme();
