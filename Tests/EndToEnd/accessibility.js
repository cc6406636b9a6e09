// A short check of what people with a keyboard, a screen reader or weak eyes need. Gives what it finds wrong as lines.
() => {
  const found = [];
  const name = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${element.className} "${(element.textContent ?? "").trim().slice(0, 40)}"`;
  const isVisible = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && element.getClientRects().length > 0;
  const all = [...document.querySelectorAll("body *")].filter(isVisible);

  // Structure
  if (!document.documentElement.lang) found.push("the page tells no language");
  if (!document.title.trim()) found.push("the page has no title");
  if (all.filter((element) => element.matches("main")).length !== 1) found.push("there must be one main");
  if (all.filter((element) => element.matches("h1")).length !== 1) found.push("there must be one h1");
  let level = 1;
  for (const heading of all.filter((element) => element.matches("main :is(h1, h2, h3, h4, h5, h6)"))) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) found.push(`a heading leaves out a level: ${name(heading)}`);
    level = next;
  }
  const navigations = all.filter((element) => element.matches("nav, aside, section[aria-label]"));
  for (const region of navigations) if (!region.ariaLabel && !region.hasAttribute("aria-labelledby")) found.push(`a landmark has no name: ${name(region)}`);

  // Names and references
  const ids = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (ids.has(id)) found.push(`the id ${id} is there twice`);
    ids.add(id);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(" ")) if (!ids.has(id)) found.push(`${attribute} of ${name(element)} leads nowhere`);
    }
  }
  const labelOf = (element) => element.getAttribute("aria-label") || (element.getAttribute("aria-labelledby") && "by another")
    || [...(element.labels ?? [])].map((label) => label.textContent).join("") || (element.matches("a, button, summary") && (element.textContent.trim() || element.querySelector("img[alt]:not([alt=''])")?.alt)) || "";
  for (const element of all.filter((element) => element.matches("a[href], button, input, select, textarea, summary"))) {
    if (!labelOf(element).trim()) found.push(`no name: ${name(element)}`);
    if (element.tabIndex > 0) found.push(`an order of its own: ${name(element)}`);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) found.push(`no text for ${image.src}`);
  for (const element of document.querySelectorAll("[role='img']:not([aria-label])")) found.push(`no text for ${name(element)}`);
  for (const element of all) {
    const style = getComputedStyle(element);
    const scrolls = (/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1) || (/auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
    if (scrolls && element.tabIndex < 0 && !element.querySelector("a[href], button, input, textarea")) found.push(`the keyboard cannot scroll ${name(element)}`);
  }

  // Contrast (WCAG 2.2, 1.4.3)
  const colour = (text) => {
    const numbers = text.match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [];
    if (text.startsWith("color(srgb")) return [...numbers.slice(0, 3).map((part) => part * 255), numbers[3] ?? 1];
    return [...numbers.slice(0, 3), numbers[3] ?? 1];
  };
  const over = (top, below) => [0, 1, 2].map((index) => top[index] * top[3] + below[index] * (1 - top[3])).concat(1);
  const luminance = (parts) => {
    const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** What is behind an element, and how opaque it is. */
  const grounds = new Map([[null, { ground: [255, 255, 255, 1], opacity: 1 }]]);
  const groundOf = (element) => {
    if (!grounds.has(element)) {
      const below = groundOf(element.parentElement);
      const { backgroundColor, opacity } = getComputedStyle(element);
      const layer = colour(backgroundColor);
      grounds.set(element, { ground: layer[3] ? over(layer, below.ground) : below.ground, opacity: below.opacity * Number(opacity) });
    }
    return grounds.get(element);
  };
  for (const element of all) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!hasText || element.closest(":disabled, .hidden-text, .skip, option")) continue;
    const style = getComputedStyle(element);
    const { ground, opacity } = groundOf(element);
    const front = colour(style.color);
    front[3] *= opacity;
    const [light, dark] = [luminance(over(front, ground)), luminance(ground)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  }
  return [...new Set(found)];
}
