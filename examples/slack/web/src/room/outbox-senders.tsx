import { useSyncExternalStore } from "react";
import { useRoomChannel, useRoomEvents } from "./room-channel.ts";
import { nextOutgoing } from "./room-state/outbox.ts";
import { roomStore, roomsWithOutbox, subscribeToOutboxes } from "./room-store.ts";
import type { RoomStore } from "./room-store.ts";
import { useOutbox } from "./send-outbox.ts";

export interface OutboxSendersProps {
  readonly userId: number;
  /** Sends its outbox itself. */
  readonly currentRoomId: number;
}

/** Sends what was written without a connection in rooms that are not on screen any more. Shows nothing. */
export function OutboxSenders({ userId, currentRoomId }: OutboxSendersProps) {
  const rooms = useSyncExternalStore(subscribeToOutboxes, () => roomsWithOutbox(userId));
  const others = rooms.split(",").filter((id) => id !== "" && Number(id) !== currentRoomId);
  return others.map((id) => <OutboxSender key={id} store={roomStore(userId, Number(id))} />);
}

function OutboxSender({ store }: { readonly store: RoomStore }) {
  const next = useSyncExternalStore(store.subscribe, () => nextOutgoing(store.state)?.clientId);
  return next === undefined ? null : <JoinedSender store={store} next={next} />;
}

function JoinedSender({ store, next }: { readonly store: RoomStore; readonly next: string }) {
  const room = useRoomChannel(store);
  useRoomEvents(room.channel, store);
  useOutbox(store, room, next);
  return null;
}
