import { PushError } from "@wingbeat/client";
import { useEffect } from "react";
import { sentenceOf, waitOf } from "../refusal.ts";
import type { RoomChannel } from "./room-channel.ts";
import type { Outgoing } from "./room-state.ts";
import { nextOutgoing } from "./room-state/outbox.ts";
import type { RoomStore } from "./room-store.ts";

/**
 * So often a message is tried again by itself. One without an answer until the socket has noticed, after two heartbeats,
 * that nobody is there: whoever wakes a laptop up has a connection that has ended meanwhile, and an answer overdue.
 */
const RETRIES = { crashed: 2, timeout: 6 };
const retries = new Map<string, number>();

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
    const wait = waitOf(error);
    if (wait !== undefined) {
      await new Promise((done) => setTimeout(done, wait));
      return true;
    }
    if (isLost(error, clientId)) return error.reason === "timeout"; // still joined: again at once
    store.dispatch({ type: "failed", clientId, error: sentenceOf(error) });
    return true;
  }
}

function isLost(error: unknown, clientId: string): error is PushError {
  if (!(error instanceof PushError)) return false;
  const { reason } = error;
  if (reason === "closed") return true;
  if (reason !== "crashed" && reason !== "timeout") return false;
  const key = `${reason} ${clientId}`;
  const count = (retries.get(key) ?? 0) + 1;
  retries.set(key, count);
  return count <= RETRIES[reason];
}
