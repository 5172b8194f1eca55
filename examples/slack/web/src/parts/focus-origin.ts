/**
 * What has the focus now, to give it back later. Of a menu's item it is the button of the menu: the item is gone by
 * then. Null when nothing has it.
 */
export function focusOrigin(): HTMLElement | null {
  const focused = document.activeElement;
  const menuButton = focused?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  const origin = menuButton ? document.getElementById(menuButton) : focused;
  return origin instanceof HTMLElement && origin !== document.body ? origin : null;
}

/** Nothing has the focus. */
export const isFocusFree = (): boolean => document.activeElement === null || document.activeElement === document.body;
