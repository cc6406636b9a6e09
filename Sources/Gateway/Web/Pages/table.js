// Tables: those that can be saved as CSV, and those that live.
import { download, el } from "./dom.js";

/** `columns`: `[{ name, of, isNumber, show }]`; `of(row)` gives the value, `show(value, row)` what is seen. `total`: a row below. */
export function table(caption, columns, rows, empty, total = null) {
  if (!rows.length) return el("p", { class: "empty" }, empty);
  return el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "hidden-text" }, caption),
      head(columns),
      el("tbody", {}, rows.map((row) => line(columns, row))), total ? el("tfoot", {}, line(columns, total)) : null));
}

const line = (columns, row) => el("tr", {}, columns.map((column, index) =>
  el(index ? "td" : "th", { scope: index ? false : "row", class: column.isNumber ? "number" : false }, shown(column, column.of(row), row))));

const head = (columns) => el("thead", {}, el("tr", {}, columns.map((column) =>
  el("th", { scope: "col", class: column.isNumber ? "number" : false }, column.name || el("span", { class: "hidden-text" }, column.label)))));

const shown = (column, value, row) => (column.show ? column.show(value, row) : String(value ?? ""));

/**
 * A table that is brought up to date row by row: what has not changed is not touched, so that focus, selection and
 * scrolling stay. `key(row)` names a row for as long as it is there.
 */
export class LiveTable {
  element;
  #columns; #key; #box; #body = el("tbody"); #empty;
  #rows = new Map();

  constructor(caption, columns, key, empty) {
    this.#columns = columns;
    this.#key = key;
    this.#empty = el("p", { class: "empty" }, empty);
    this.#box = el("div", { class: "table-box wide", tabindex: "0", role: "region", "aria-label": caption, hidden: true },
      el("table", {}, el("caption", { class: "hidden-text" }, caption), head(columns), this.#body));
    this.element = el("div", {}, this.#empty, this.#box);
  }

  update(rows) {
    const keys = new Set(rows.map(this.#key));
    for (const [key, { element }] of this.#rows) {
      if (keys.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    for (const [index, row] of rows.entries()) {
      const known = this.#rows.get(this.#key(row)) ?? this.#make(row);
      this.#fill(known, row);
      const place = this.#body.children[index] ?? null;
      if (place !== known.element) this.#body.insertBefore(known.element, place);
    }
    this.#empty.hidden = rows.length > 0;
    this.#box.hidden = rows.length === 0;
  }

  #make(row) {
    const cells = this.#columns.map((column, index) => el(index ? "td" : "th", { scope: index ? false : "row", class: column.isNumber ? "number" : false }));
    const known = { element: el("tr", {}, cells), cells, drawn: cells.map(() => null) };
    this.#rows.set(this.#key(row), known);
    return known;
  }

  #fill({ cells, drawn }, row) {
    for (const [index, column] of this.#columns.entries()) {
      const value = column.of(row);
      const text = JSON.stringify(value) ?? "";
      if (text === drawn[index]) continue;
      drawn[index] = text;
      cells[index].replaceChildren(...[shown(column, value, row)].flat().filter((child) => child !== null));
    }
  }
}

/** Texts that a spreadsheet would take for a formula are told to be texts. */
function cell(value) {
  if (typeof value === "number") return String(value);
  let text = String(value ?? "");
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180. */
export function csv(columns, rows) {
  const lines = [columns.map((column) => cell(column.name)), ...rows.map((row) => columns.map((column) => cell(column.of(row))))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

export function csvButton(name, columns, rows) {
  return el("button", { type: "button", class: "button small", click: () => download(`${name}.csv`, csv(columns, rows)) }, "Save as CSV");
}
