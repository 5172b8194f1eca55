/**
 * Keeps a node connected to an engine: connects, checks that what it sends comes back, detects when it no longer does,
 * and reconnects. Without a connection, messages wait in a bounded queue.
 *
 * Sending neither waits nor throws. Losses are counted and reported.
 */
import { emit } from "../../telemetry.ts";
import type { AdapterStatus } from "../adapter.ts";
import type { Engine, EngineConnection, Parcel } from "./engine.ts";
import { Losses } from "./losses.ts";
import { ParcelQueue } from "./queue.ts";

/** Milliseconds that connecting may take. */
const OPEN_TIMEOUT = 5_000;
/** Milliseconds before the first reconnect; doubled each time, up to the maximum. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 1_000;
/** Milliseconds that `stop` waits for the queue, and for the engine to close. */
const STOP_TIMEOUT = 1_000;
/** Bytes of messages per `send`. */
const BATCH = 1_048_576;

/** The first byte of the message that a node sends to itself. */
export const PING = 3;

export interface LinkOptions {
  readonly nodeName: string;
  /** Bytes of messages that may be queued. */
  readonly maxQueuedBytes: number;
  /** Milliseconds between two heartbeats. */
  readonly heartbeat: number;
  /** Receives what has arrived, except pings. */
  readonly receive: (bytes: Buffer) => void;
  /** Splits longer messages into parts of at most `maxBytes`. */
  readonly cut: (bytes: Buffer, maxBytes: number) => readonly Buffer[];
}

export class Link {
  readonly losses: Losses;
  readonly #engine: Engine;
  readonly #options: LinkOptions;
  readonly #queue: ParcelQueue;
  readonly #underWay = new Set<readonly Parcel[]>();
  readonly #source: { readonly adapter: string; readonly nodeName: string };
  /** Identifies the current connection: events of older ones are ignored. */
  #current: symbol | undefined = undefined;
  #connection: EngineConnection | undefined = undefined;
  #isUp = false;
  #isStopped = false;
  #flushIsDue = false;
  /** Runs while other nodes are given time to reconnect too. */
  #hold: NodeJS.Timeout | undefined = undefined;
  /** Consecutive failed attempts. */
  #failures = 0;
  /** Counts connections: a ping says over which one it was sent. */
  #tries = 0;
  /** Heartbeats since anything was received. */
  #silence = 0;
  #since = Date.now();
  #reason = "not started";
  /** The timer for the connect timeout, the next attempt, or the next heartbeat. */
  #timer: NodeJS.Timeout | undefined = undefined;
  #onSettled: (() => void) | undefined = undefined;
  #onDrained: (() => void) | undefined = undefined;
  /** Callers of {@link flush}. */
  #flushing: (() => void)[] = [];

  constructor(engine: Engine, options: LinkOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#source = { adapter: engine.name, nodeName: options.nodeName };
    this.#queue = new ParcelQueue(options.maxQueuedBytes);
    this.losses = new Losses(this.#source);
  }

  get status(): AdapterStatus {
    return {
      adapter: this.#engine.name,
      state: this.#isUp ? "up" : "down",
      since: this.#since,
      ...(this.#isUp ? {} : { reason: this.#reason }),
      queued: this.#queue.size,
      lost: this.losses.totalLost,
      missed: this.losses.totalMissed,
    };
  }

  /** Resolves when the first attempt has succeeded or failed. */
  start(): Promise<void> {
    this.#reason = "connecting";
    return new Promise((resolve) => {
      this.#onSettled = resolve;
      this.#open();
    });
  }

  send(parcel: Parcel): void {
    if (this.#isStopped) return;
    if (parcel.bytes.length > this.#options.maxQueuedBytes) return this.losses.lost(1, "too large");
    this.losses.lost(this.#queue.add(parcel), "queue full");
    if (!this.#isUp) return;
    if (this.#queue.bytes >= BATCH) return this.#flush();
    if (this.#flushIsDue) return;
    // What is sent in one turn goes to the engine in one batch.
    this.#flushIsDue = true;
    queueMicrotask(() => this.#flush());
  }

  /**
   * Resolves when everything sent so far is confirmed or lost, and after `ms` at the latest. Also waits for a
   * reconnect.
   */
  async flush(ms: number): Promise<void> {
    if (this.#queue.size === 0 && this.#underWay.size === 0) return;
    await within(ms, new Promise<void>((resolve) => this.#flushing.push(resolve)));
  }

  /** Flushes the queue for up to a second, then disconnects. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#release();
    if (this.#isUp && (this.#queue.size > 0 || this.#underWay.size > 0)) {
      await within(STOP_TIMEOUT, new Promise<void>((resolve) => (this.#onDrained = resolve)));
    }
    const connection = this.#connection;
    this.#disconnect();
    this.#isUp = false;
    this.#reason = "stopped";
    this.#since = Date.now();
    this.losses.lost(this.#queue.take(Infinity).length, "stopped");
    this.losses.tell();
    this.#settled();
    this.#flushed();
    await within(STOP_TIMEOUT, closed(connection));
  }

  #open(): void {
    const name = Symbol(this.#engine.name);
    const ifCurrent =
      <Rest extends readonly unknown[]>(action: (...rest: Rest) => void) =>
      (...rest: Rest): void => {
        if (this.#current === name) action(...rest);
      };
    const fail = ifCurrent((error: unknown) => this.#fail(error));
    this.#current = name;
    this.#tries = (this.#tries + 1) & 0xff;
    let problem = "no answer";
    this.#timer = setTimeout(() => this.#fail(new Error(`${problem} within ${OPEN_TIMEOUT} ms`)), OPEN_TIMEOUT);
    let connection: EngineConnection;
    try {
      connection = this.#engine.connect(this.#options.nodeName, {
        receive: ifCurrent((bytes: Uint8Array) => this.#receive(bytes)),
        lost: fail,
      });
    } catch (error) {
      return fail(error);
    }
    connection.ready.then(
      ifCurrent(() => {
        problem = `connected, but messages to itself did not come back (${this.#engine.advice})`;
        this.#ping();
      }),
      fail,
    );
    if (this.#current === name) this.#connection = connection;
    else void closed(connection);
  }

  /** Called from inside a driver: an exception could end the process. */
  #receive(received: Uint8Array): void {
    if (!(received instanceof Uint8Array))
      return this.losses.unreadable(new TypeError("the engine's driver delivered something else than bytes"));
    const bytes = Buffer.isBuffer(received)
      ? received
      : Buffer.from(received.buffer, received.byteOffset, received.byteLength);
    this.#silence = 0;
    if (bytes[0] !== PING) this.#options.receive(bytes);
    else if (!this.#isUp && bytes[1] === this.#tries) this.#up();
  }

  /** Our own message has come back: the connection works. */
  #up(): void {
    clearTimeout(this.#timer);
    const duration = Date.now() - this.#since;
    this.#isUp = true;
    this.#since = Date.now();
    // The engine was down, probably for everybody: what is queued would reach nobody until the others have reconnected.
    if (this.#failures > 0) this.#hold = setTimeout(() => this.#release(), delayAfter(this.#failures) * 1.5);
    this.#failures = 0;
    this.#timer = setInterval(() => this.#heartbeat(), this.#options.heartbeat);
    this.#timer.unref();
    emit("pubsub.adapter_up", { ...this.#source, duration });
    this.#settled();
    this.#flush();
  }

  /** Silent for a whole interval, then for another one: a process that was busy gets to read in between. */
  #heartbeat(): void {
    if (++this.#silence > 2) this.#fail(new Error("the engine is connected but delivers nothing"));
    else this.#ping();
  }

  #ping(): void {
    const name = this.#current;
    const ping: Parcel = { node: this.#options.nodeName, stream: 0, bytes: Buffer.of(PING, this.#tries) };
    this.#hand([ping]).catch((error: unknown) => {
      if (this.#current === name) this.#fail(error);
    });
  }

  /** The connection failed, or could not be opened: closes it, and reconnects later. */
  #fail(error: unknown): void {
    const connection = this.#connection;
    const reason = reasonOf(error);
    const isNews = this.#isUp || this.#reason !== reason;
    this.#disconnect(error);
    if (this.#isUp) this.#since = Date.now();
    this.#isUp = false;
    this.#reason = reason;
    void closed(connection);
    if (!this.#isStopped) {
      // Jitter: not all nodes at the same moment.
      this.#timer = setTimeout(() => this.#open(), delayAfter(this.#failures++) * (0.75 + Math.random() / 2));
    }
    if (isNews) emit("pubsub.adapter_down", { ...this.#source, reason, error });
    this.#settled();
  }

  #disconnect(error?: unknown): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#hold);
    this.#hold = undefined;
    this.#current = undefined;
    this.#connection = undefined;
    this.#silence = 0;
    for (const batch of this.#underWay) this.losses.lost(batch.length, "not confirmed", error);
    this.#underWay.clear();
    this.#onDrained?.();
    this.#flushed();
  }

  #flush(): void {
    this.#flushIsDue = false;
    while (
      this.#isUp &&
      this.#hold === undefined &&
      this.#queue.size > 0 &&
      this.#underWay.size < this.#engine.parallel
    ) {
      const batch = this.#queue.take(BATCH);
      this.#underWay.add(batch);
      this.#hand(batch).then(
        () => this.#sent(batch),
        (error: unknown) => this.#sent(batch, error),
      );
    }
  }

  /** Releases the queue. */
  #release(): void {
    clearTimeout(this.#hold);
    this.#hold = undefined;
    this.#flush();
  }

  /** Passes parcels to the engine. An engine that throws counts as one that rejects. */
  async #hand(batch: readonly Parcel[]): Promise<unknown> {
    const connection = this.#connection as EngineConnection;
    const { maxBytes } = connection;
    if (batch.every(({ bytes }) => bytes.length <= maxBytes)) return connection.send(batch);
    return connection.send(
      batch.flatMap((parcel) => this.#options.cut(parcel.bytes, maxBytes).map((bytes) => ({ ...parcel, bytes }))),
    );
  }

  #sent(batch: readonly Parcel[], error?: unknown): void {
    // If the connection was lost, the batch was already counted as lost.
    if (!this.#underWay.delete(batch)) return;
    if (error !== undefined) this.losses.lost(batch.length, "not confirmed", error);
    if (this.#queue.size > 0) this.#flush();
    else if (this.#underWay.size === 0) this.#onDrained?.();
    this.#flushed();
  }

  /** Tells the callers of {@link flush} when nothing waits any more. */
  #flushed(): void {
    if (this.#queue.size > 0 || this.#underWay.size > 0) return;
    for (const resolve of this.#flushing.splice(0)) resolve();
  }

  #settled(): void {
    this.#onSettled?.();
    this.#onSettled = undefined;
  }
}

/** Milliseconds from a failure to the next attempt. */
function delayAfter(failures: number): number {
  return Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY);
}

/** Closes a connection, ignoring errors. */
async function closed(connection: EngineConnection | undefined): Promise<void> {
  try {
    await connection?.close();
  } catch {
    // It is closed either way.
  }
}

/** Waits for a promise for up to `ms`. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined = undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}

/** The message of an error. An AggregateError (several addresses) has none of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
