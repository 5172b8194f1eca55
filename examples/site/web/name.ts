import { byId, fieldById } from "./element.ts";
import { showError } from "./failure.ts";
import { keptAs } from "./window.ts";

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._'-]{0,23}$/u;

/**
 * Asks for a name once per tab, so that two windows can be two people. Needs the form `#gate` with the field `#name`
 * and the place `#name-error`, the page's `#chat`, `#you` and the button `#rename`.
 */
export async function askName(): Promise<string> {
  const name = sessionStorage.getItem(keptAs("name")) ?? (await nameFromForm());
  sessionStorage.setItem(keptAs("name"), name);
  byId("gate").hidden = true;
  byId("chat").hidden = false;
  byId("you").hidden = false;
  byId("you-name").textContent = name;
  byId("rename").addEventListener("click", () => {
    sessionStorage.removeItem(keptAs("name"));
    location.reload();
  });
  return name;
}

function nameFromForm(): Promise<string> {
  const field = fieldById("name");
  byId("gate").hidden = false;
  field.focus();
  return new Promise((resolve) => {
    byId("gate").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = field.value.trim();
      const isGood = NAME.test(name);
      showError(byId("name-error"), isGood ? "" : problemOf(name), field);
      if (isGood) resolve(name);
      else field.focus();
    });
  });
}

function problemOf(name: string): string {
  if (name === "") return "Please type a name.";
  if (name.length > 24) return "Please use at most 24 characters.";
  return "Please use letters, digits, spaces and . _ ' - only.";
}
