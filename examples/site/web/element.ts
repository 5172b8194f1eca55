/** Finds an element of the page that must be there. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** The same, for an element to type in. */
export function fieldById(id: string): HTMLInputElement {
  return byId(id) as HTMLInputElement;
}

/** Makes an element; `tag` may have classes, e.g. "p.body". Strings become text, never markup: what users write stays text. */
export function element(tag: string, ...children: (Node | string)[]): HTMLElement {
  const [name = "div", ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  made.append(...children);
  return made;
}

export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = label;
  button.addEventListener("click", onClick);
  return button;
}

/** The time of day, as the reader writes it. `at` is ISO 8601. */
export function timeOf(at: string): HTMLTimeElement {
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return time;
}
