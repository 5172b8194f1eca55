/** Light, dark, or as the system says. The server keeps the choice; a copy here is for the login screen and reloads. */
import type { Preferences } from "@wingbeat/example-slack/contract";

export type Theme = Preferences["theme"];

const KEY = "roost:theme";

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  localStorage.setItem(KEY, theme);
}

/** The theme of the last visit. */
export function rememberedTheme(): Theme {
  const theme = localStorage.getItem(KEY);
  return theme === "light" || theme === "dark" ? theme : "system";
}
