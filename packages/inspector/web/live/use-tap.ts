/** One tap: joined while a component shows it. */
import type { PushError } from "@wingbeat/client";
import { useEffect, useState } from "react";
import type { TapEnd, TapTarget } from "../contract.ts";
import { useChannel, useEvent } from "./realtime.ts";
import { NOTHING_SEEN, withBatch } from "./tap-log.ts";
import type { TapLog } from "./tap-log.ts";

export interface Tap {
  readonly log: TapLog;
  readonly watching: boolean;
  /** Why it has ended by itself. */
  readonly ended: TapEnd | null;
  readonly error: PushError | undefined;
  clear(): void;
  /** Begins anew after it has ended. */
  restart(): void;
}

const someName = (): string => Math.random().toString(36).slice(2, 10);

export function useTap(target: TapTarget, reveal: boolean): Tap {
  const [name, setName] = useState(someName);
  const [log, setLog] = useState<TapLog>(NOTHING_SEEN);
  const [ended, setEnded] = useState<TapEnd | null>(null);
  const { channel, state, error } = useChannel(ended === null ? `tap:${name}` : null, { target, reveal });
  useEvent(channel, "frames", (batch) => setLog((all) => withBatch(all, batch)));
  useEvent(channel, "ended", ({ reason }) => setEnded(reason));
  useEffect(() => setLog(NOTHING_SEEN), [name]);
  return {
    log,
    ended,
    watching: state === "joined",
    error: error as PushError | undefined,
    clear: () => setLog(NOTHING_SEEN),
    restart: () => {
      setEnded(null);
      setName(someName());
    },
  };
}
