// What views of the console share.
import { el } from "./dom.js";
import { short } from "./figures.js";

/** A number, faint if it is 0. */
export const count = (value) => el("span", { class: value ? false : "zero" }, short(value));

/** A view that is drawn anew when its content has changed, so that what is marked or scrolled stays otherwise. */
export class View {
  element = el("div", { class: "section" });
  #drawn = "";
  constructor(id, name, state) { Object.assign(this, { id, name, state }); }

  get now() { return this.state.samples.at(-1); }

  /** Draws `make(value)` if `value` is another than before. */
  show(value, make, element = this.element) {
    const text = JSON.stringify(value);
    if (text === this.#drawn) return;
    this.#drawn = text;
    element.replaceChildren(...make(value));
  }
}
