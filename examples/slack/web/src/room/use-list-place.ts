import { useCallback, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { keepPlace } from "./list-place.ts";
import type { ListPlace } from "./list-place.ts";
import { useOpenRoom } from "./room-context.ts";

/** Screens of messages that are there above and below the one that is looked at, as far as there are any. */
const SCREENS_AHEAD = 2;

export interface PlaceInList {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Its children are the rows. */
  readonly rowsBox: RefObject<HTMLDivElement | null>;
  /** The unread line is above what is on the screen. */
  readonly unreadAbove: boolean;
  /** Goes to a row; false when there is none at this index. */
  readonly show: (at: number, where: "top" | "middle") => boolean;
  readonly toEnd: () => void;
}

/** Where in the list the user is: kept whatever changes, with older and newer messages loaded ahead of them. */
export function useListPlace(unreadAt: number): PlaceInList {
  const { store, actions, isJoined } = useOpenRoom();
  const scroller = useRef<HTMLDivElement>(null);
  const rowsBox = useRef<HTMLDivElement>(null);
  const place = useRef<ListPlace>(null);
  const [unreadAbove, setUnreadAbove] = useState(false);

  const moved = useEffectEvent((following: boolean) => {
    const { current: list } = scroller;
    if (list === null) return;
    store.dispatch({ type: "following", following });
    const unread = rowsBox.current?.children[unreadAt]?.getBoundingClientRect().bottom ?? Infinity;
    setUnreadAbove(unread < list.getBoundingClientRect().top);
    if (isJoined) loadAround(list);
  });
  const loadAround = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement) => {
    const { messages, hasOlder, hasNewer } = store.state;
    const [first, last] = [messages[0], messages.at(-1)];
    if (first === undefined || last === undefined) return;
    const ahead = SCREENS_AHEAD * clientHeight;
    if (hasOlder && scrollTop < ahead) void actions.load({ kind: "older", before: first.seq });
    const below = scrollHeight - clientHeight - scrollTop;
    if (hasNewer && below < ahead) void actions.load({ kind: "newer", after: last.seq });
  };

  useLayoutEffect(() => {
    if (scroller.current === null || rowsBox.current === null) return undefined;
    const kept = keepPlace({
      scroller: scroller.current,
      rows: rowsBox.current,
      isNewest: () => !store.state.hasNewer,
      moved,
    });
    place.current = kept;
    return kept.stop;
  }, [store]);
  useLayoutEffect(() => place.current?.keep());

  const show = useCallback((at: number, where: "top" | "middle") => {
    const row = rowsBox.current?.children[at];
    if (row !== undefined) place.current?.show(row, where);
    return row !== undefined;
  }, []);
  return { scroller, rowsBox, unreadAbove, show, toEnd: useCallback(() => place.current?.toEnd(), []) };
}
