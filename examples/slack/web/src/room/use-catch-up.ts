import { useEffect } from "react";
import { useRecovery } from "../realtime.ts";
import type { RoomActions } from "./room-actions.ts";
import type { RoomChannel } from "./room-channel.ts";
import type { RoomStore } from "./room-store.ts";

/** After an absence: says how much was missed, and loads the messages anew when that is more than is kept. */
export function useCatchUp(
  { channel, reply }: Pick<RoomChannel, "channel" | "reply">,
  store: RoomStore,
  { load }: Pick<RoomActions, "load">,
  report: (count: number) => void,
): void {
  const recovery = useRecovery(channel);
  useEffect(() => {
    if (recovery.recovered === false) store.isStale = true;
  }, [recovery, store]);
  // Tried again after the next join, when the page did not come.
  useEffect(() => {
    if (!store.isStale) return;
    const since = store.state.newestSeq;
    void load({ kind: "anew", since }).then((page) => {
      if (page === undefined) return;
      store.isStale = false;
      report(store.state.newestSeq - since);
    });
  }, [recovery, reply, store, load, report]);
  useEffect(() => {
    if (channel === null) return undefined;
    let before = store.state.newestSeq;
    const refs = [
      channel.onError(() => (before = store.state.newestSeq)),
      channel.onCaughtUp(() => channel.recovered === true && report(store.state.newestSeq - before)),
    ];
    return () => refs.forEach((stop) => stop());
  }, [channel, store, report]);
}
