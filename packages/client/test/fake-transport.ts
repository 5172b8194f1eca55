/** A transport whose other end is the test: it sees what a client sends, and says what comes. */
/* oxlint-disable unicorn/prefer-add-event-listener -- sockets set the callbacks of a transport */
import { Socket } from "@wingbeat/client";
import type { Channel, Push, SocketOptions, Transport, TransportClass } from "@wingbeat/client";
import { onTestFinished, vi } from "vitest";

/** A V2 message: join_ref, ref, topic, event, payload, and an extension if it has one. */
export type Message = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
  extension?: unknown,
];

type Handler = ((event: never) => unknown) | null;

export class FakeTransport implements Transport {
  readonly url: string;
  readonly protocols: string[] | undefined;
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "blob";
  timeout = 0;
  onopen: Handler = null;
  onmessage: Handler = null;
  onerror: Handler = null;
  onclose: Handler = null;
  /** All that was sent, and with what it was closed, in order. */
  readonly frames: unknown[] = [];
  readonly closes: [code: number | undefined, reason: string | undefined][] = [];
  /** False for a connection that is half open: nobody answers the close frame. */
  answersClose = true;

  constructor(url: string, protocols?: string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  /** The text frames, parsed. */
  get sent(): Message[] {
    return this.frames.map((frame) => JSON.parse(frame as string) as Message);
  }

  get last(): Message {
    return this.sent.at(-1) as Message;
  }

  send(frame: unknown): void {
    if (this.readyState === 0) throw new Error("not open yet");
    this.frames.push(frame);
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return;
    const wasOpen = this.readyState === 1;
    this.closes.push([code, reason]);
    this.readyState = 2;
    if (!this.answersClose) return;
    queueMicrotask(() => {
      if (!wasOpen) this.#tell(this.onerror, new Error("closed before it was open"));
      this.drop(wasOpen ? (code ?? 1005) : 1006, reason, wasOpen);
    });
  }

  open(): void {
    this.readyState = 1;
    this.#tell(this.onopen, {});
  }

  /** The connection ends as the server, or nobody, has closed it. */
  drop(code = 1006, reason = "", wasClean = false): void {
    this.readyState = 3;
    this.#tell(this.onclose, { code, reason, wasClean });
  }

  /** The connection fails: browsers say `error`, then `close`. */
  fail(error: unknown = new Error("connection refused")): void {
    this.readyState = 3;
    this.#tell(this.onerror, error);
    this.drop();
  }

  error(error: unknown): void {
    this.#tell(this.onerror, error);
  }

  receive(...message: Message): void {
    this.receiveFrame(JSON.stringify(message));
  }

  receiveFrame(data: unknown): void {
    this.#tell(this.onmessage, { data });
  }

  /** Answers a message, the last one unless another is given. */
  reply(status = "ok", response: unknown = {}, [joinRef, ref, topic]: Message = this.last): void {
    this.receive(joinRef, ref, topic, "phx_reply", { status, response });
  }

  #tell(handler: Handler, event: unknown): void {
    (handler as ((event: unknown) => unknown) | null)?.(event);
  }
}

/** A class of fake transports, and all that were made of it. */
export function fakeTransports(): { readonly Fake: TransportClass; readonly made: FakeTransport[] } {
  const made: FakeTransport[] = [];
  class Fake extends FakeTransport {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      made.push(this);
    }
  }
  return { Fake, made };
}

export interface Setup {
  readonly socket: Socket;
  readonly made: FakeTransport[];
  /** The transport of the last connection that was tried. */
  server(): FakeTransport;
}

/** Without jitter: 10 ms before each reconnect, 1 s before each rejoin. Heartbeats, limits and recovery stay out of the way. */
const STEADY: SocketOptions = {
  reconnectAfterMs: () => 10,
  rejoinAfterMs: () => 1000,
  heartbeatIntervalMs: 600_000,
  connectTimeout: Infinity,
  recovery: false,
};

/** A socket over fake transports; not connected. */
export function setUp(options: SocketOptions = {}, endPoint = "ws://server/socket"): Setup {
  const { Fake, made } = fakeTransports();
  const socket = new Socket(endPoint, { transport: Fake, ...STEADY, ...options });
  onTestFinished(() => socket.disconnect());
  return { socket, made, server: () => made.at(-1) as FakeTransport };
}

/** A socket that is connected. */
export function setUpOpen(options?: SocketOptions): Setup {
  const setup = setUp(options);
  setup.socket.connect();
  setup.server().open();
  return setup;
}

/** A socket that is connected, and a channel that has joined. */
export function setUpJoined(options?: SocketOptions, topic = "room:1"): Setup & { readonly channel: Channel } {
  const setup = setUpOpen(options);
  const channel = setup.socket.channel(topic);
  channel.join();
  setup.server().reply();
  return { ...setup, channel };
}

/** The errors in the program's own code that the client reports, as they come. */
export function reports(): readonly unknown[] {
  const errors: unknown[] = [];
  vi.spyOn(console, "error").mockImplementation((error) => void errors.push(error));
  return errors;
}

/** A callback that remembers its calls. */
export const spy = () => vi.fn<(...args: unknown[]) => unknown>();

/** What the hooks of a push were called with, in order: "ok {...}". */
export function heard(push: Push, statuses: readonly string[] = ["ok", "error", "timeout"]): string[] {
  const calls: string[] = [];
  for (const status of statuses) {
    push.receive(status, (response: unknown) => calls.push(`${status} ${JSON.stringify(response)}`));
  }
  return calls;
}

/** How a push has ended for those who await it: "ok", or the reason of its PushError; "pending" before that. */
export function settled(push: Push): { readonly now: string } {
  const outcome = { now: "pending" };
  push.then(
    () => (outcome.now = "ok"),
    (error) => (outcome.now = error.reason),
  );
  return outcome;
}
