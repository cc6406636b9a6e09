// The menu beside the two pages that are drawn from openapi.json.
import { byID, el } from "./dom.js";

export const methodBadge = (operation) => el("span", { class: `method ${operation.method.toLowerCase()}` }, operation.method);

/** Opens and closes the menu where it does not fit beside the content. */
export function wireMenu() {
  const button = byID("menu-button");
  const set = (isOpen) => button.setAttribute("aria-expanded", String(isOpen));
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  byID("menu").addEventListener("click", (event) => { if (event.target.closest("a")) set(false); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
      set(false);
      button.focus();
    }
    const isTyping = event.target.matches?.("input, textarea, select");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      set(true);
      byID("search").focus();
    }
  });
}

/** Fills the menu: groups `{ name, entries: [{ id, label, badge, isFaint }] }`; empty groups are left out. */
export function fillMenu(groups) {
  const filled = groups.filter((group) => group.entries.length);
  byID("menu").replaceChildren(...filled.flatMap((group) => [
    el("h2", {}, group.name),
    el("ul", {}, group.entries.map((entry) =>
      el("li", {}, el("a", { href: `#${entry.id}`, "data-id": entry.id, class: entry.isFaint ? "faint" : false }, entry.badge, el("span", {}, entry.label))))),
  ]));
  if (!filled.length) byID("menu").append(el("p", { class: "none" }, "Nothing is called that."));
}

/** Marks the entry that is looked at. */
export function markMenu(id) {
  for (const link of byID("menu").querySelectorAll("a")) {
    if (link.dataset.id === id) {
      link.setAttribute("aria-current", "true");
      link.scrollIntoView({ block: "nearest" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
}
