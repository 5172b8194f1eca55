/// <reference types="vite/client" />
/** Loads what is opened later before anybody opens it: so that it opens at once, and without a connection too. */

/** All that is imported with `lazy`. */
const PARTS = import.meta.glob(["./dialogs/*-dialog.tsx", "./room/confirm-delete.tsx"]);
/** Milliseconds after the page has come: first things first. */
const LATER = 4_000;

export function preloadParts(): void {
  setTimeout(() => {
    // What does not come now is asked for when it is opened.
    for (const load of Object.values(PARTS)) load().catch(() => {});
  }, LATER);
}
