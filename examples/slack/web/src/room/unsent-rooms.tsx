import { useSyncExternalStore } from "react";
import { useRoomChannel, useRoomEvents } from "./room-channel.ts";
import { roomStore, roomsWithOutbox, subscribeToOutboxes } from "./room-store.ts";
import type { RoomStore } from "./room-store.ts";
import { useSending } from "./use-sending.ts";

export interface UnsentRoomsProps {
  readonly userId: number;
  /** Is joined anyway. */
  readonly currentRoomId: number;
}

/** Keeps rooms joined that are not on screen any more, while messages wait there: pushes need a channel. Shows nothing. */
export function UnsentRooms({ userId, currentRoomId }: UnsentRoomsProps) {
  const rooms = useSyncExternalStore(subscribeToOutboxes, () => roomsWithOutbox(userId));
  const others = rooms.split(",").filter((id) => id !== "" && Number(id) !== currentRoomId);
  return others.map((id) => <UnsentRoom key={id} store={roomStore(userId, Number(id))} />);
}

function UnsentRoom({ store }: { readonly store: RoomStore }) {
  const waits = useSyncExternalStore(store.subscribe, () =>
    store.state.outbox.some(({ state }) => state === "sending"),
  );
  return waits ? <JoinedRoom store={store} /> : null;
}

function JoinedRoom({ store }: { readonly store: RoomStore }) {
  const { channel } = useRoomChannel(store);
  useRoomEvents(channel, store);
  useSending(store, channel);
  return null;
}
