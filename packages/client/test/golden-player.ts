/**
 * Plays a recording to the client: its API does what the recorded client did, a fake server answers with the recorded
 * frames. What the client has to send, and whom it has to call, is worked out here from the frames alone.
 */
import { Socket } from "@wingbeat/client";
import type { Channel } from "@wingbeat/client";
import { vi } from "vitest";
import { fakeTransports } from "./fake-transport.ts";
import type { FakeTransport, Message } from "./fake-transport.ts";
import { binaryFrame, incoming, outgoing, plain } from "./golden-frames.ts";

export interface Step {
  readonly client?: string;
  readonly connect?: string;
  readonly protocols?: readonly string[];
  readonly open?: boolean;
  readonly refused?: unknown;
  readonly send?: string;
  readonly sendBin?: string;
  readonly recv?: string;
  readonly recvBin?: string;
  readonly close?: { readonly code: number; readonly reason: string };
  readonly clientClose?: { readonly code?: number; readonly reason?: string };
}

/** A channel object of the client, and what must be known of it. */
interface Played {
  readonly channel: Channel;
  ref: string;
  state: "joining" | "joined" | "errored" | "closed";
  /** Refs of pushes that are not answered yet. */
  readonly awaited: Set<string>;
  buffered: Message[];
}

const REJOIN_MS = 1000;
const RESERVED = ["phx_reply", "phx_close", "phx_error"];
const STATUSES = ["ok", "error", "maybe", "timeout"];

export class Player {
  /** Frames that had to be sent and calls that had to be made, and those that were. */
  readonly expected: unknown[] = [];
  readonly seen: unknown[] = [];
  readonly #socket: Socket;
  readonly #made: FakeTransport[];
  readonly #events: ReadonlySet<string>;
  readonly #refs = new Map<string, string>();
  readonly #played: Played[] = [];
  readonly #pings = new Set<string>();
  readonly #errored: Played[] = [];
  #count = 0;
  #frames = 0;
  #isOver = false;

  constructor(step: Step, events: ReadonlySet<string>) {
    const url = new URL(step.connect ?? "", "ws://server");
    const params = Object.fromEntries([...url.searchParams].filter(([name]) => name !== "vsn"));
    const bearer = step.protocols?.[1]?.replace("base64url.bearer.phx.", "");
    const { Fake, made } = fakeTransports();
    this.#made = made;
    this.#events = events;
    this.#socket = new Socket(`ws://server${url.pathname.replace(/\/websocket$/, "")}`, {
      transport: Fake,
      extensions: false,
      params,
      ...(bearer === undefined ? {} : { authToken: Buffer.from(bearer, "base64").toString() }),
      timeout: 3_600_000,
      heartbeatIntervalMs: 3_600_000,
      reconnectAfterMs: () => 10,
      rejoinAfterMs: () => REJOIN_MS,
    });
    this.#socket.onError(() => this.seen.push("socket error"));
    this.#socket.onClose(({ code, reason }) => this.seen.push(["socket close", code, reason]));
    this.#socket.onMessage(({ join_ref, ref, topic, event, payload }) =>
      this.seen.push(["message", [join_ref, ref, topic, event, plain(payload)]]),
    );
    this.#socket.connect();
    url.searchParams.sort();
    const opened = new URL(this.#server.url);
    opened.searchParams.sort();
    this.expected.push([url.href, step.protocols]);
    this.seen.push([opened.href, this.#server.protocols]);
  }

  get #server(): FakeTransport {
    return this.#made.at(-1) as FakeTransport;
  }

  play(step: Step): void {
    if (step.open === true) this.#server.open();
    else if (step.refused !== undefined) this.#refuse();
    else if (step.close !== undefined) this.#close(step.close);
    else if (step.clientClose !== undefined) this.#disconnect(step.clientClose);
    else if (step.send !== undefined || step.sendBin !== undefined) this.#send(step);
    else if (step.recv !== undefined || step.recvBin !== undefined) this.#receive(step);
    this.#takeFrames();
  }

  end(): void {
    for (const { channel } of this.#played) {
      for (const event of this.#events) channel.off(event);
    }
    this.#socket.disconnect();
  }

  #send(step: Step): void {
    const message = outgoing(step);
    if (message === undefined) return;
    const [joinRef, ref, topic, event, payload] = message;
    if (topic === "phoenix") return this.#ping(message);
    if (event === "phx_join" && payload !== null) return this.#join(message);
    const played = this.#played.find((each) => each.channel.topic === topic && each.ref === this.#refOf(joinRef));
    // Frames that no call of the API makes: their answers come all the same, and must be answers to nobody.
    if (played === undefined || ref === null || payload === null || typeof event !== "string") return;
    if (event === "phx_leave") return this.#leave(played, message);
    this.#push(played, message);
  }

  #ping(message: Message): void {
    const [joinRef, ref, , event, payload] = message;
    const isUsual = joinRef === null && typeof ref === "string" && event === "heartbeat";
    if (!isUsual || JSON.stringify(payload) !== "{}") return;
    this.#socket.ping(() => this.seen.push("pong"));
    const own = this.#nextRef();
    this.#refs.set(JSON.stringify(ref), own);
    this.#pings.add(own);
    this.#isSent([null, own, "phoenix", "heartbeat", {}]);
  }

  #join([joinRef, ref, topic, , payload]: Message): void {
    let played = this.#played.findLast((each) => each.channel.topic === topic && each.state !== "closed");
    if (played?.state === "errored") {
      played.channel.params = payload;
      this.#rejoin();
    } else {
      if (played !== undefined) this.#left(played, this.#nextRef());
      const channel = this.#socket.channel(topic, payload);
      played = { channel, ref: "", state: "joining", awaited: new Set(), buffered: [] };
      this.#played.push(played);
      this.#listen(channel);
      this.#joinIsSent(played);
      channel.join();
      for (const status of STATUSES)
        channel.joinPush.receive(status, (response) => this.#heard("join", status, response));
    }
    for (const recorded of [ref, joinRef]) this.#refs.set(JSON.stringify(recorded), played.ref);
  }

  /** All channels with an error come back by themselves, in the order of their errors. */
  #rejoin(): void {
    for (const played of this.#errored.splice(0)) {
      if (played.state === "errored") this.#joinIsSent(played);
    }
    vi.advanceTimersByTime(REJOIN_MS);
  }

  #joinIsSent(played: Played): void {
    const { topic, params } = played.channel;
    played.ref = this.#nextRef();
    played.state = "joining";
    played.awaited.add(played.ref);
    this.#isSent([played.ref, played.ref, topic, "phx_join", params]);
  }

  #isSent(message: readonly unknown[]): void {
    this.expected.push(["sent", message[4] instanceof Uint8Array ? asBinary(message) : message]);
  }

  #push(played: Played, [, ref, topic, event, payload]: Message): void {
    const push = played.channel.push(event, payload);
    for (const status of STATUSES) push.receive(status, (response) => this.#heard(event, status, response));
    if (played.state === "errored" || played.state === "joining") {
      played.buffered.push([null, ref, topic, event, payload]);
    } else if (played.state === "joined") {
      this.#wasSent(played, [null, ref, topic, event, payload]);
    }
  }

  /** A push has gone out, now or from the buffer. */
  #wasSent(played: Played, [, recorded, topic, event, payload]: Message): void {
    const ref = this.#nextRef();
    this.#refs.set(JSON.stringify(recorded), ref);
    played.awaited.add(ref);
    this.#isSent([played.ref, ref, topic, event, payload]);
  }

  #leave(played: Played, [, ref]: Message): void {
    if (played.state === "closed") return;
    const own = this.#nextRef();
    this.#refs.set(JSON.stringify(ref), own);
    this.#left(played, own);
    played.channel.leave();
  }

  /** Left by the program, or because another object joins the topic. */
  #left(played: Played, ref: string): void {
    this.#isSent([played.ref, ref, played.channel.topic, "phx_leave", {}]);
    played.state = "closed";
    this.expected.push(["closed", "leave"]);
  }

  #receive(step: Step): void {
    const { frame, message } = incoming(step, (recorded) => this.#refOf(recorded));
    const [joinRef, ref, topic, event, payload] = message;
    const played = this.#played.find(
      (each) =>
        each.channel.topic === topic &&
        each.state !== "closed" &&
        (joinRef === null || joinRef === "" || joinRef === each.ref),
    );
    const isPong = ref !== null && this.#pings.delete(ref);
    const after: Message[] = [];
    if (played !== undefined) this.#expectCalls(played, message, after);
    this.expected.push(["message", [joinRef, ref, topic, event, payload]]);
    if (isPong) this.expected.push("pong");
    this.#server.receiveFrame(frame);
    for (const buffered of after) this.#wasSent(played as Played, buffered);
  }

  #expectCalls(played: Played, [, ref, , event, payload]: Message, after: Message[]): void {
    if (event === "phx_close") {
      played.state = "closed";
      this.expected.push(["closed", payload]);
    } else if (event === "phx_error") {
      this.#hasError(played);
      this.expected.push(["error", payload]);
    } else if (event !== "phx_reply") {
      this.expected.push([event, payload]);
    } else if (ref !== null && played.awaited.delete(ref)) {
      const { status, response } = payload as { status: string; response: unknown };
      const isJoin = ref === played.ref;
      this.expected.push([isJoin ? "join" : "push", status, response]);
      if (!isJoin) return;
      if (status !== "ok") return this.#hasError(played);
      played.state = "joined";
      after.push(...played.buffered.splice(0));
    }
  }

  #hasError(played: Played): void {
    played.state = "errored";
    this.#errored.push(played);
  }

  #refuse(): void {
    this.expected.push("socket error", ["socket close", 1006, ""]);
    this.#server.fail();
    this.#reconnects();
  }

  #disconnect({ code, reason }: { readonly code?: number; readonly reason?: string }): void {
    this.#isOver = true;
    this.#server.answersClose = false;
    this.#socket.disconnect(undefined, code, reason);
    this.expected.push([code, code === undefined ? undefined : (reason ?? "")]);
    this.seen.push(this.#server.closes.at(-1));
  }

  #close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    for (const played of this.#played) {
      if (played.state !== "closed" && played.state !== "errored") this.expected.push(["error", LOST]);
      if (played.state !== "closed") played.state = "errored";
    }
    this.expected.push(["socket close", code, reason]);
    this.#server.drop(code, reason);
    if (code !== 1000 && !this.#isOver) this.#reconnects();
  }

  /** The client tries again by itself. */
  #reconnects(): void {
    this.expected.push("connects again");
    const before = this.#made.length;
    vi.advanceTimersByTime(10);
    if (this.#made.length === before + 1) this.seen.push("connects again");
    this.#frames = 0;
  }

  #listen(channel: Channel): void {
    for (const event of this.#events) {
      if (!RESERVED.includes(event)) channel.on(event, (payload) => this.seen.push([event, plain(payload)]));
    }
    channel.onClose((payload) => this.seen.push(["closed", plain(payload)]));
    channel.onError((payload) => this.seen.push(["error", plain(payload)]));
  }

  #heard(event: string, status: string, response: unknown): void {
    this.seen.push([event === "join" ? "join" : "push", status, plain(response)]);
  }

  /** A client counts what it sends. */
  #nextRef(): string {
    return String(++this.#count);
  }

  #refOf(recorded: unknown): string | null {
    if (recorded === null || recorded === "") return recorded;
    return this.#refs.get(JSON.stringify(recorded)) ?? `of another: ${JSON.stringify(recorded)}`;
  }

  #takeFrames(): void {
    const { frames } = this.#server;
    for (const frame of frames.slice(this.#frames)) {
      this.seen.push(["sent", typeof frame === "string" ? (JSON.parse(frame) as unknown) : plain(frame)]);
    }
    this.#frames = frames.length;
  }
}

const LOST = { source: "transport", reason: "connection_closed" };

function asBinary([joinRef, ref, topic, event, payload]: readonly unknown[]): string {
  const strings = [joinRef, ref, topic, event] as string[];
  return binaryFrame({ kind: 0, strings, payload: Buffer.from(payload as Uint8Array) }).toString("hex");
}
