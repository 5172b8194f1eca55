import { ephemeral } from "@wingbeat/client/ephemeral";
import type { RoomChannel } from "./channel.ts";
import { byId } from "./dom.ts";

/** Says who is typing, and tells the others while we are. */
export function showTyping(channel: RoomChannel, left: AbortSignal): void {
  const typing = ephemeral(channel, "typing", { idle: 3_000 }); // over 3 seconds after the last key
  typing.onChange((others) => {
    const names = [...others.keys()].join(", ");
    byId("typing").textContent = names === "" ? "" : `${names} is typing…`;
  });
  byId("body").addEventListener("input", () => typing.set(true), { signal: left });
  byId("composer").addEventListener("submit", () => typing.clear(), { signal: left });
  left.addEventListener("abort", () => typing.stop());
}
