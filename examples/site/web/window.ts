/**
 * Where a window keeps something in sessionStorage. The gallery shows two windows as frames of one page, which share its
 * sessionStorage, and have names of their own; a window has none.
 */
export const keptAs = (key: string): string => (window.name === "" ? key : `${window.name} ${key}`);
