/** Class names that hold: `classNames("button", isPrimary && "button-primary")`. */
export const classNames = (...names: readonly (string | false | null | undefined)[]): string =>
  names.filter(Boolean).join(" ");
