import { useCallback, useEffect, useRef } from "react";
import type { Notification } from "@wingbeat/example-slack/contract";
import { useLatest } from "../parts/use-latest.ts";
import { plainText } from "../text/parse.ts";
import { showDesktopNotification } from "../workspace/desktop-notification.ts";

/** Milliseconds. Another window that shows the room has told the server by then that it was read. */
const READ_ELSEWHERE = 1_000;

export interface DesktopNotificationsOptions {
  /** Those of the bell. */
  readonly items: readonly Notification[];
  /** The user wants them, and looks elsewhere. */
  readonly wanted: boolean;
  readonly openRoom: (roomId: number, seq?: number) => void;
}

/** Gives a function that has the system show a notification, unless it is read or taken back in the next moment. */
export function useDesktopNotifications(options: DesktopNotificationsOptions): (notification: Notification) => void {
  const latest = useLatest(options);
  const waiting = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const timers = waiting.current;
    return () => timers.forEach(clearTimeout);
  }, []);
  return useCallback(
    (notification) => {
      if (!latest.current.wanted) return;
      const timer = setTimeout(() => {
        waiting.current.delete(timer);
        const { items, wanted, openRoom } = latest.current;
        const { id, roomId, seq } = notification;
        if (!wanted || !items.some((item) => item.id === id && !item.read)) return;
        showDesktopNotification({
          ...wordsOf(notification),
          roomId,
          onClick: () => openRoom(roomId, seq ?? undefined),
        });
      }, READ_ELSEWHERE);
      waiting.current.add(timer);
    },
    [latest],
  );
}

function wordsOf({ kind, actor, roomName, excerpt }: Notification): { readonly title: string; readonly body: string } {
  if (kind === "invite") return { title: `${actor.name} invited you to #${roomName}`, body: "" };
  const body = plainText(excerpt) || "An image";
  return { title: kind === "direct" ? actor.name : `${actor.name} in #${roomName}`, body };
}
