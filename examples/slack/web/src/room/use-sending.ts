import { useEffect, useSyncExternalStore } from "react";
import { sentenceOf } from "../refusal.ts";
import type { RoomChannel } from "./room-channel.ts";
import type { Outgoing } from "./room-state.ts";
import type { RoomStore } from "./room-store.ts";

type Channel = NonNullable<RoomChannel["channel"]>;

/** What each socket has in its outbox, by client id: there it stays when the room goes off the screen. */
const handedOver = new WeakMap<Channel["socket"], Set<string>>();

/**
 * Hands the messages that wait to be sent to the channel. Its socket's outbox keeps their order, and sends again what has no
 * reply. What an earlier page has left is handed over once more: the server stores a client id once.
 */
export function useSending(store: RoomStore, channel: Channel | null): void {
  const outbox = useSyncExternalStore(store.subscribe, () => store.state.outbox);
  useEffect(() => {
    if (channel === null) return;
    const known = handedOver.get(channel.socket) ?? new Set();
    handedOver.set(channel.socket, known);
    for (const outgoing of outbox) {
      if (outgoing.state === "failed" || known.has(outgoing.clientId)) continue;
      known.add(outgoing.clientId);
      void send(store, channel, outgoing).then(() => known.delete(outgoing.clientId));
    }
  }, [store, channel, outbox]);
}

async function send({ dispatch }: RoomStore, channel: Channel, outgoing: Outgoing): Promise<void> {
  const { clientId, body, replyTo, attachments } = outgoing;
  const draft = {
    clientId,
    body,
    ...(replyTo === null ? {} : { replyTo: replyTo.id }),
    ...(attachments.length === 0 ? {} : { attachmentIds: attachments.map(({ id }) => id) }),
  };
  try {
    const { message } = await channel.push("message:send", draft, { retry: true, resend: true });
    dispatch({ type: "sent", message });
  } catch (error) {
    dispatch({ type: "failed", clientId, error: sentenceOf(error) });
  }
}
