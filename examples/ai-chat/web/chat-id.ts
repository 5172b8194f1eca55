import { useSyncExternalStore } from "react";

/** 128 random bits in base64url: 22 characters. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The conversation that the address names, `/#<id>`: a new one when it names none. */
export function useChatId(): string {
  return useSyncExternalStore(onHashChange, chatId);
}

function onHashChange(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

function chatId(): string {
  if (location.hash.length <= 1) history.replaceState(null, "", `#${newId()}`);
  return location.hash.slice(1);
}
