// @ts-check

/**
 * Finds an element of the page that must be there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return /** @type {T} */ (found);
}

/**
 * Makes an element. Strings become text, never markup: what users write stays text.
 * @param {string} tag with classes, e.g. "p.body"
 * @param {...(Node | string)} children
 */
export function element(tag, ...children) {
  const [name = "div", ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  made.append(...children);
  return made;
}

/**
 * @param {string} label
 * @param {() => void} onClick
 */
export function linkButton(label, onClick) {
  const button = /** @type {HTMLButtonElement} */ (element("button.link", label));
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/**
 * The time of day, as the reader writes it.
 * @param {string} at ISO 8601
 */
export function timeOf(at) {
  const time = /** @type {HTMLTimeElement} */ (
    element("time", new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))
  );
  time.dateTime = at;
  return time;
}
