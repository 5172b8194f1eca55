/** Which keys do what, for the page and for the dialog that lists them. */

export type Command =
  | { readonly kind: "dialog"; readonly dialog: "switcher" | "shortcuts" }
  | { readonly kind: "room"; readonly step: 1 | -1; readonly unread: boolean };

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Undefined: the keys are not the workspace's. */
export function commandOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): Command | undefined {
  if ((ctrlKey || metaKey) && !altKey && !shiftKey) {
    if (key.toLowerCase() === "k") return { kind: "dialog", dialog: "switcher" };
    if (key === "/") return { kind: "dialog", dialog: "shortcuts" };
  }
  if (altKey && !ctrlKey && !metaKey && (key === "ArrowUp" || key === "ArrowDown")) {
    return { kind: "room", step: key === "ArrowUp" ? -1 : 1, unread: shiftKey };
  }
  return undefined;
}

const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** The key for commands, as it is called on this machine. */
export const commandKey = (): string => (isApple() ? "⌘" : "Ctrl");
export const optionKey = (): string => (isApple() ? "⌥" : "Alt");
