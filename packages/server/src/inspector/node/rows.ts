/** Rows about connections and channels, read from the live ones when somebody asks. */
import { v1Server, v2Server } from "@wingbeat/protocol";
import type { ChannelProcess } from "../../channel/process.ts";
import type { SocketProcess } from "../../socket/process.ts";
import { printable } from "../../telemetry/printable.ts";
import type { ChannelRow, ConnectionRow } from "../model.ts";

/** So many names of assigns are shown, so many characters of each. */
const MAX_ASSIGNS = 50;
const MAX_ASSIGN = 100;

/** The keys of connections: given when one is first looked at, and never given again. */
export class Keys {
  readonly #keys = new WeakMap<SocketProcess, number>();
  #last = 0;

  of(process: SocketProcess): number {
    let key = this.#keys.get(process);
    if (key === undefined) this.#keys.set(process, (key = ++this.#last));
    return key;
  }

  /** Whether a connection has this key. Gives none. */
  isOf(process: SocketProcess, key: number): boolean {
    return this.#keys.get(process) === key;
  }
}

export function connectionRow(node: string, key: number, path: string, process: SocketProcess): ConnectionRow {
  const { id, connection, codec, extensions, connectedAt, channels, waitingBytes, isPaused } = process;
  return {
    node,
    key,
    id,
    path,
    transport: connection.transport,
    vsn: codec === v2Server ? "2.0.0" : codec === v1Server ? "1.0.0" : "custom",
    extensions,
    connectedAt,
    channels,
    bufferedBytes: connection.bufferedBytes,
    waitingBytes,
    paused: isPaused,
  };
}

export function channelRow(channel: ChannelProcess, now = performance.now()): ChannelRow {
  const { pattern, state, waiting, running, subscriptions, timers, tasks, assigns } = channel.look();
  return {
    topic: channel.topic,
    pattern,
    state,
    waiting,
    running:
      running === undefined
        ? null
        : { callback: running.callback, event: running.event ?? null, for: Math.max(0, now - running.since) },
    subscriptions,
    timers,
    tasks,
    assigns: namesIn(assigns),
  };
}

/** An application may put anything there, a proxy too. */
function namesIn(assigns: object): readonly string[] {
  try {
    return Object.keys(assigns)
      .slice(0, MAX_ASSIGNS)
      .map((name) => printable(name, MAX_ASSIGN));
  } catch {
    return [];
  }
}
