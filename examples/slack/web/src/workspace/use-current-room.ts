import { useCallback, useEffect } from "react";
import { useLocation, useRoute } from "wouter";
import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { lastRoom, rememberRoom } from "./last-room.ts";
import { firstRoom } from "./rooms.ts";

/** The room of the address. Where it names none, the first one is gone to as soon as there are rooms. */
export function useCurrentRoom(userId: number, rooms: readonly RoomSummary[], ready: boolean) {
  const [, params] = useRoute("/room/:id");
  const [, navigate] = useLocation();
  const id = Number(params?.id ?? NaN);
  const currentRoomId = Number.isSafeInteger(id) ? id : null;
  const currentRoom = rooms.find((room) => room.id === currentRoomId) ?? null;

  const openRoom = useCallback(
    (roomId: number, seq?: number) => navigate(seq === undefined ? `/room/${roomId}` : `/room/${roomId}?m=${seq}`),
    [navigate],
  );

  const isMember = currentRoom !== null;
  useEffect(() => {
    if (currentRoomId !== null && isMember) rememberRoom(userId, currentRoomId);
  }, [userId, currentRoomId, isMember]);
  const first = ready && currentRoomId === null ? firstRoom(rooms, lastRoom(userId)) : undefined;
  const firstId = first?.id;
  useEffect(() => {
    if (firstId !== undefined) navigate(`/room/${firstId}`, { replace: true });
  }, [firstId, navigate]);

  return { currentRoomId, currentRoom, openRoom };
}
