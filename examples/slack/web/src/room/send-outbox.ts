import { PushError } from "@wingbeat/client";
import { useEffect } from "react";
import { sentenceOf } from "../refusal.ts";
import type { RoomChannel } from "./room-channel.ts";
import type { Outgoing } from "./room-state.ts";
import { nextOutgoing } from "./room-state/outbox.ts";
import type { RoomStore } from "./room-store.ts";

/** A message that has crashed the channel so often is not tried again by itself. */
const MAX_CRASHES = 2;
const crashes = new Map<string, number>();

/**
 * Sends what waits in the outbox while the channel is joined, one after the other, so that the order stays. What was
 * under way when the connection was lost is sent again: the server stores a client id once.
 */
export function useOutbox(store: RoomStore, { state, push }: Pick<RoomChannel, "state" | "push">, next?: string): void {
  useEffect(() => {
    if (state === "joined" && next !== undefined) void sendAll(store, push);
  }, [store, state, push, next]);
}

async function sendAll(store: RoomStore, push: RoomChannel["push"]): Promise<void> {
  if (store.isSending) return;
  store.isSending = true;
  try {
    for (let next = nextOutgoing(store.state); next !== undefined; next = nextOutgoing(store.state)) {
      if (!(await sendOne(store, push, next))) return;
    }
  } finally {
    store.isSending = false;
  }
}

/** False when the rest has to wait for the next join. */
async function sendOne(store: RoomStore, push: RoomChannel["push"], outgoing: Outgoing): Promise<boolean> {
  const { clientId, body, replyTo, attachments } = outgoing;
  try {
    const { message } = await push("message:send", {
      clientId,
      body,
      ...(replyTo === null ? {} : { replyTo: replyTo.id }),
      ...(attachments.length === 0 ? {} : { attachmentIds: attachments.map(({ id }) => id) }),
    });
    store.dispatch({ type: "sent", message });
    return true;
  } catch (error) {
    if (isLost(error, clientId)) return false;
    store.dispatch({ type: "failed", clientId, error: sentenceOf(error) });
    return true;
  }
}

function isLost(error: unknown, clientId: string): boolean {
  if (!(error instanceof PushError)) return false;
  if (error.reason === "closed") return true;
  if (error.reason !== "crashed") return false;
  const count = (crashes.get(clientId) ?? 0) + 1;
  crashes.set(clientId, count);
  return count <= MAX_CRASHES;
}
