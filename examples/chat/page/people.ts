import { Presence } from "@wingbeat/client";
import type { RoomChannel } from "./channel.ts";
import { byId } from "./dom.ts";

/** Says who is in the room. */
export function showPeople(channel: RoomChannel): void {
  const presence = new Presence(channel);
  presence.onSync(() => {
    const names = presence.list((name) => name);
    byId("people").textContent = `Here: ${names.sort().join(", ")}`;
  });
}
