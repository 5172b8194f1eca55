import { keptAs } from "@wingbeat/example-site/page";

/** The key that makes this tab's user the same one after a reload. */
export function ownKey(): string {
  const key = sessionStorage.getItem(keptAs("key")) ?? randomKey();
  sessionStorage.setItem(keptAs("key"), key);
  return key;
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
