// Tables that can be saved as CSV.
import { download, el } from "./dom.js";

/** `columns`: `[{ name, of, isNumber, show }]`; `of(row)` gives the value, `show(value, row)` what is seen. */
export function table(caption, columns, rows, empty) {
  if (!rows.length) return el("p", { class: "empty" }, empty);
  return el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "hidden-text" }, caption),
      el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col", class: column.isNumber ? "number" : false }, column.name)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((column, index) => {
        const value = column.of(row);
        return el(index ? "td" : "th", { scope: index ? false : "row", class: column.isNumber ? "number" : false }, column.show ? column.show(value, row) : String(value ?? ""));
      }))))));
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
