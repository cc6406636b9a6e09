// The reference: everything in the description, to read.
import { byID, codeBlock, el, inline, prose, root } from "./dom.js";
import { curl, load, pretty } from "./openapi.js";
import { fillMenu, markMenu, methodBadge, wireMenu } from "./menu.js";
import { highlight } from "./highlight.js";

const main = byID("main");
let description;
let groups;

try {
  description = await load();
  groups = contents();
  main.replaceChildren(introduction(), ...description.tags.map(tagSection), schemaSection());
  wireMenu();
  search("");
  byID("search").addEventListener("input", (event) => search(event.target.value));
  followScrolling();
  if (location.hash && location.hash !== "#main") byID(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
} catch (error) {
  main.replaceChildren(el("p", { role: "alert" }, `The description could not be read: ${error.message}`));
}

/** What the menu lists, each entry with all words by which it can be found. */
function contents() {
  const schemaWords = (schema) => JSON.stringify(schema);
  return [
    { name: "Start", entries: [{ id: "start", label: "About", words: description.document.info.description }, { id: "keys", label: "Keys", words: "key authorization bearer" }, { id: "errors", label: "Errors", words: "error status" }] },
    ...description.tags.map((tag) => ({
      name: tag.name,
      entries: tag.operations.map((operation) => ({
        id: operation.id, label: operation.summary, badge: operation,
        words: `${operation.method} ${operation.path} ${operation.summary} ${operation.description} ${schemaWords(operation.parameters)}`,
      })),
    })),
    { name: "Schemas", entries: description.schemas.map(({ name, schema }) => ({ id: `schema-${name}`, label: name, words: schemaWords(schema) })) },
  ];
}

function search(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = groups.map((group) => ({
    name: group.name,
    entries: group.entries
      .filter((entry) => wanted.every((word) => `${entry.label} ${entry.words}`.toLowerCase().includes(word)))
      .map((entry) => ({ ...entry, badge: entry.badge ? methodBadge(entry.badge) : null })),
  }));
  fillMenu(found);
  const count = found.reduce((sum, group) => sum + group.entries.length, 0);
  byID("found").textContent = wanted.length ? `${count} found` : "";
}

// Texts

function introduction() {
  const { info, components } = description.document;
  return el("section", { "aria-labelledby": "start" },
    el("div", { class: "title" }, el("h1", { id: "start" }, info.title), el("p", { class: "muted" }, info.summary)),
    el("div", { class: "text" }, prose(info.description),
      el("p", {}, "Calls can be tried on the page ", el("a", { href: new URL("docs", root) }, "Try it"), ". This reference is drawn from ",
        el("a", { href: new URL("openapi.json", root) }, "openapi.json"), ", for your own tools.")),
    el("h2", { id: "keys" }, "Keys"),
    el("ul", { class: "members" }, Object.entries(components.securitySchemes).map(([name, scheme]) =>
      el("li", {}, el("div", { class: "member-name" }, el("code", {}, name), el("span", { class: "type" }, scheme.type === "http" ? "authorization: Bearer KEY" : `${scheme.name}: KEY`)),
        el("p", { class: "note" }, inline(scheme.description))))),
    el("h2", { id: "errors" }, "Errors"),
    el("ul", { class: "members" }, Object.values(components.responses).flatMap((response) =>
      Object.values(response.content?.["application/json"]?.examples ?? {}).map(({ value }) =>
        el("li", {}, el("div", { class: "member-name" }, el("code", {}, value.error.code ?? value.error.type), el("span", { class: "type" }, value.error.type)),
          el("p", { class: "note" }, value.error.message))))));
}

function tagSection(tag) {
  // Ids have no blanks, since lists of them have.
  const id = `tag-${tag.name.replaceAll(" ", "-")}`;
  return el("section", { "aria-labelledby": id }, el("h2", { id }, tag.name),
    el("p", { class: "muted" }, tag.description), tag.operations.map(operationEntry));
}

function heading(id, text) {
  return el("h3", {}, el("a", { href: `#${id}` }, text));
}

function operationEntry(operation) {
  const told = el("div", { class: "told" }, heading(operation.id, operation.summary),
    el("div", { class: "address" }, methodBadge(operation), el("code", {}, operation.path)),
    el("div", { class: "text" }, prose(operation.description || "")),
    parameters(operation),
    operation.body ? [el("h4", {}, "Body"), schemaView(operation.body.schema)] : null,
    el("h4", {}, "Answers"), el("div", { class: "statuses" }, operation.responses.map(response)),
    el("p", {}, el("a", { href: new URL(`docs#${operation.id}`, root) }, "Try it")));
  const samples = samplesOf(operation);
  return el("article", { class: "entry", id: operation.id, "data-entry": true }, told, el("div", { class: "shown" }, samples));
}

function parameters({ parameters: all }) {
  if (!all.length) return null;
  return [el("h4", {}, "Parameters"), el("ul", { class: "members" }, all.map((parameter) =>
    member(parameter.name, parameter.schema, { isRequired: parameter.required, text: parameter.description, place: parameter.in })))];
}

function response({ status, description: text, headers, content }) {
  const kinds = Object.entries(content ?? {});
  const names = Object.keys(headers ?? {});
  const tone = status < "3" ? "good" : status < "4" ? "" : status === "default" ? "" : "bad";
  const isPlain = !kinds.length && !names.length;
  return el("details", { open: status < "3" }, el("summary", {}, el("span", { class: `badge ${tone}` }, status), el("p", {}, inline(text ?? ""))),
    isPlain ? el("p", { class: "note" }, "Without a body.") : null,
    names.length ? el("p", { class: "note" }, "Head: ", names.map((name, index) => [index ? ", " : null, el("code", {}, name)])) : null,
    kinds.map(([kind, { schema }]) => el("div", {}, el("p", { class: "note" }, el("code", {}, kind)),
      schema && kind === "application/json" ? schemaView(schema) : schema?.description ? el("p", { class: "note" }, inline(schema.description)) : null)));
}

// Schemas

/** A schema's members, or its type in a line. */
function schemaView(schema, depth = 0) {
  const whole = description.resolve(schema);
  const name = description.nameOf(schema);
  if (whole.type !== "object" || !whole.properties) return el("p", { class: "note" }, typeLine(schema), whole.description ? [" ", ...inline(whole.description)] : null);
  return el("div", { class: "schema" }, name ? el("p", { class: "note" }, typeLine(schema), whole.description ? [" ", ...inline(whole.description)] : null) : null, memberList(whole, depth));
}

function memberList(schema, depth) {
  return el("ul", { class: "members" }, Object.entries(schema.properties).map(([name, part]) =>
    member(name, part, { isRequired: schema.required?.includes(name), text: part.description, depth })));
}

function member(name, schema, { isRequired, text, place, depth = 0 }) {
  const inner = innerOf(schema);
  return el("li", {}, el("div", { class: "member-name" }, el("code", {}, name), typeLine(schema),
    place ? el("span", { class: "note" }, place) : null, isRequired ? el("span", { class: "must" }, "required") : null),
  text ? el("p", { class: "note" }, inline(text)) : null,
  description.boundsOf(schema).length ? el("p", { class: "note" }, description.boundsOf(schema).join(", ")) : null,
  inner && depth < 3 ? el("details", {}, el("summary", {}, "Members"), memberList(inner, depth + 1)) : null);
}

/** The object whose members can be unfolded below a member. */
function innerOf(schema) {
  const whole = description.resolve(schema.type === "array" ? schema.items : schema);
  return whole?.type === "object" && whole.properties ? whole : null;
}

/** A type, with links to the schemas that it names. */
function typeLine(schema) {
  const words = description.typeOf(schema).split(/(\b[A-Z]\w+\b)/);
  return el("span", { class: "type" }, words.map((word, index) =>
    (index % 2 && description.document.components.schemas[word] ? el("a", { href: `#schema-${word}` }, word) : word)));
}

function schemaSection() {
  return el("section", { "aria-labelledby": "schemas" }, el("h2", { id: "schemas" }, "Schemas"), description.schemas.map(({ name, schema }) => {
    const sample = description.sample(schema);
    return el("article", { class: `entry${sample === undefined ? " single" : ""}`, id: `schema-${name}`, "data-entry": true },
      el("div", { class: "told" }, heading(`schema-${name}`, name), schemaView({ ...schema })),
      sample === undefined ? null : el("div", { class: "shown" }, example("Example", sample, "json")));
  }));
}

// Examples

function samplesOf(operation) {
  const url = new URL(operation.path.slice(1).replace(/\{(\w+)\}/g, (_, name) =>
    operation.parameters.find((parameter) => parameter.name === name)?.example ?? name), root);
  for (const parameter of operation.parameters) {
    if (parameter.in === "query" && parameter.required) url.searchParams.set(parameter.name, parameter.example);
  }
  const given = operation.body ? description.examplesOf(operation.body)[0] : null;
  const fields = { ...(operation.isOpen ? {} : { authorization: "Bearer $KEY" }), ...(given ? { "content-type": "application/json" } : {}) };
  const command = curl(operation.method, String(url), fields, given ? JSON.stringify(given.value) : undefined)
    .replace("'authorization: Bearer $KEY'", '"authorization: Bearer $KEY"');
  const good = operation.responses.filter(({ status }) => status < "3");
  const answers = good.flatMap(({ status, content }) => Object.entries(content ?? {}).flatMap(([kind, media]) =>
    (kind === "application/json" || media.examples ? description.examplesOf(media) : []).map(({ summary, value }) =>
      example(`${status}: ${summary}`, value, kind === "application/json" ? "json" : "text"))));
  const others = operation.body ? description.examplesOf(operation.body).slice(1) : [];
  return [example("Call", command, "shell"), others.length ? el("details", {}, el("summary", {}, "Other bodies"), others.map(({ summary, value }) => example(summary, value, "json"))) : null, answers];
}

function example(name, value, language) {
  const text = pretty(value);
  return codeBlock(text, language === "text" ? [text] : highlight(text, language), name);
}

// Scrolling

/** The menu shows where the reader is. */
function followScrolling() {
  const observer = new IntersectionObserver((entries) => {
    const visible = entries.find((entry) => entry.isIntersecting);
    if (visible) markMenu(visible.target.id);
  }, { rootMargin: "-80px 0px -75% 0px" });
  for (const entry of main.querySelectorAll("[data-entry]")) observer.observe(entry);
}
