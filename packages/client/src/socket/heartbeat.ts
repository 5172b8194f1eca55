/** Sends heartbeats, and detects a dead connection. */
import { Timer } from "../timer.ts";
import type { Connection } from "./connection.ts";

export interface HeartbeatHost {
  /** Sends a heartbeat and returns its ref. */
  beat(): string;
  /** The connection is dead: there was no reply in time, nor any other traffic. */
  timedOut(): void;
}

export interface Heartbeat {
  /** A new connection. */
  start(connection: Connection): void;
  stop(): void;
  /** The page is visible again, or the network is back: sends a heartbeat at once. */
  wake(): void;
  /** A message arrived; one with the ref of the heartbeat is its reply. */
  received(ref: unknown): void;
}

/** The slowest connection that we wait for, in bytes per millisecond. */
const SLOWEST = 32;

/** A reply may take a whole interval; after a sleep only as long as that of a push, `answerMs`. */
export function heartbeatOf(host: HeartbeatHost, intervalMs: number, answerMs: number): Heartbeat {
  const shortMs = Math.min(answerMs, intervalMs);
  const timer = new Timer();
  let connection: Connection;
  let pendingRef: string | undefined;
  /** Bytes sent before the heartbeat, and those confirmed by its last reply. */
  let sentBefore = 0;
  let confirmed = 0;
  /** When the next heartbeat is due, or was due; 0 when there is none, or when a reply is due soon. */
  let due = 0;

  function stop(): void {
    timer.stop();
    pendingRef = undefined;
    due = 0;
  }

  /** The first heartbeat is sent after an interval, the next one an interval after each reply. */
  function schedule(): void {
    stop();
    due = Date.now() + intervalMs;
    timer.start(intervalMs, beat);
  }

  /** Timers do not run while a machine sleeps, and its connection has most likely ended. The clock does run. */
  function beat(): void {
    const wasLate = Date.now() - due > shortMs;
    connection.hasMoved();
    pendingRef = host.beat();
    sentBefore = connection.sentBytes();
    wait(wasLate ? shortMs : intervalMs);
  }

  /**
   * On a slow connection the reply arrives behind other messages, or the heartbeat waits behind them: while there is
   * any traffic, the connection is alive. Bytes that have left may be in the system's buffers, and get the time that a
   * slow connection needs. A timer that fires much too late (the machine slept, the page's timers are throttled) may
   * fire before a pending reply is read, so it gets one more chance.
   */
  function wait(ms: number, mayBeLate = true): void {
    const time = Math.max(ms, (connection.sentBytes() - confirmed) / SLOWEST);
    const end = Date.now() + time;
    timer.start(time, () => {
      if (connection.hasMoved()) return wait(ms);
      if (mayBeLate && Date.now() - end > shortMs) return wait(shortMs, false);
      stop();
      host.timedOut();
    });
  }

  return {
    start(opened) {
      connection = opened;
      confirmed = 0;
      schedule();
    },
    stop,
    wake() {
      if (!due) return;
      stop();
      beat();
    },
    received(ref) {
      if (!ref || ref !== pendingRef) return;
      confirmed = sentBefore;
      schedule();
    },
  };
}
