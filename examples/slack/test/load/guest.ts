/** One simulated user: the channels of the page and its reducer, without the page. */
import { Socket } from "@wingbeat/client";
import type { PushError } from "@wingbeat/client";
import { WebSocket } from "ws";
import type { Me, Message } from "../../src/contract.ts";
import type { SlackSocket } from "../../src/socket.ts";
import { initialState, workspaceReducer } from "../../web/src/workspace/state.ts";
import type { WorkspaceAction, WorkspaceState } from "../../web/src/workspace/state.ts";
import { any } from "./any.ts";

/** What all guests count together. */
export interface Report {
  sent: number;
  /** Sent, and answered with the message. */
  stored: number;
  delivered: number;
  /** Connections that were lost without a word. */
  stumbles: number;
  /** Sent, and the answer went with a connection that was cut. */
  cut: number;
  readonly errors: string[];
  readonly latencies: number[];
}

export interface GuestOptions {
  readonly url: string;
  readonly id: number;
  readonly username: string;
  readonly roomIds: readonly number[];
  readonly token: () => string;
  readonly report: Report;
}

/** How often a page tells how far it has read, in ms. */
const READ_EVERY = 300;

export class Guest {
  readonly id: number;
  readonly username: string;
  readonly #options: GuestOptions;
  readonly #socket: Socket<SlackSocket>;
  #state: WorkspaceState | undefined = undefined;
  #room: ReturnType<Guest["joinRoom"]> | undefined = undefined;
  #roomId = 0;
  #isActive = true;
  #lastSeq = 0;
  /** Of the messages that were pushed since the join. */
  #lastHeard = 0;
  #readTimer: NodeJS.Timeout | undefined = undefined;
  #messages = 0;
  /** Frames that changed something: to see when nothing is under way any more. */
  heard = 0;
  readonly #user;

  constructor(options: GuestOptions) {
    this.#options = options;
    this.id = options.id;
    this.username = options.username;
    this.#socket = new Socket<SlackSocket>(`${options.url.replace("http", "ws")}/socket`, {
      transport: WebSocket,
      authToken: options.token,
    });
    this.#user = this.#socket.channel(`user:${options.id}`);
  }

  get isThere(): boolean {
    return this.#socket.isConnected() && this.#user.state === "joined" && this.#room?.state === "joined";
  }

  /** What the page would show now. */
  get state(): WorkspaceState {
    if (this.#state === undefined) throw new Error(`${this.username} has not joined`);
    return this.#state;
  }

  async enter(): Promise<void> {
    this.#socket.connect();
    const user = this.#user;
    user.on("unread", (unread) => this.#reduce({ type: "unread", unread }));
    user.on("room:added", ({ room }) => this.#reduce({ type: "room", room }));
    user.on("room:changed", ({ room }) => this.#reduce({ type: "room", room }));
    user.on("room:removed", ({ roomId }) => this.#reduce({ type: "room:removed", roomId }));
    user.on("error", ({ message }) => void this.#options.report.errors.push(`${this.username}: ${message}`));
    // Also after every rejoin.
    await user.join().receive("ok", (reply) => {
      this.#reduce({ type: "joined", reply });
      this.#tellState();
    });
    await this.#socket.channel("system:presence").join();
    await this.#socket.channel(`notifications:${this.id}`).join();
    await this.#open(any(this.#options.roomIds));
  }

  say(mention: string): void {
    const { report } = this.#options;
    const room = this.#room;
    if (room === undefined || room.state !== "joined") return;
    const at = performance.timeOrigin + performance.now();
    const body = `${Math.random() < 0.2 ? `@${mention} ` : ""}message ${++this.#messages} t=${at}`;
    const clientId = `${this.username}-${this.#messages}`;
    report.sent++;
    room.push("message:send", { clientId, body }).then(
      () => report.stored++,
      (error: PushError) => {
        // A connection that was cut, or a room that was left, takes the answer with it; all else is an error of the server.
        if (error.reason === "closed") report.cut++;
        else report.errors.push(`${this.username}: ${error.message}`);
      },
    );
  }

  /** Opens another room. */
  walk(): void {
    this.#open(any(this.#options.roomIds)).catch((error: PushError) => this.#blame(error));
  }

  /** Comes to the window, or looks elsewhere. */
  look(isActive: boolean): void {
    this.#isActive = isActive;
    this.#tellState();
    if (isActive) this.#readSoon();
  }

  /** Loses the connection without a word. */
  stumble(): void {
    const { conn } = this.#socket;
    if (!(conn instanceof WebSocket)) return;
    this.#options.report.stumbles++;
    conn.terminate();
  }

  leave(): void {
    clearTimeout(this.#readTimer);
    this.#socket.disconnect();
  }

  joinRoom(roomId: number) {
    return this.#socket.channel(`room:${roomId}`, () => (this.#lastSeq === 0 ? {} : { after: this.#lastSeq }));
  }

  async #open(roomId: number): Promise<void> {
    if (roomId === this.#roomId && this.#room !== undefined) return;
    this.#room?.leave();
    this.#roomId = roomId;
    this.#lastSeq = 0;
    const room = this.joinRoom(roomId);
    this.#room = room;
    room.on("message:new", (message) => this.#hear(message));
    await room.join().receive("ok", ({ room: { lastSeq } }) => {
      this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
      this.#lastHeard = 0;
      this.#tellState();
      this.#readSoon();
    });
  }

  #hear(message: Message): void {
    const { report } = this.#options;
    this.heard++;
    report.delivered++;
    // What came with the join may be pushed as well; what is pushed comes in order.
    if (message.seq <= this.#lastHeard)
      report.errors.push(`${this.username}: message ${message.seq} after ${this.#lastHeard}`);
    this.#lastHeard = message.seq;
    this.#lastSeq = Math.max(this.#lastSeq, message.seq);
    const at = Number(/t=([\d.]+)/.exec(message.body)?.[1]);
    if (!Number.isNaN(at)) report.latencies.push(performance.timeOrigin + performance.now() - at);
    this.#readSoon();
  }

  /** As the page does: what is on an active screen is read. */
  #readSoon(): void {
    if (!this.#isActive) return;
    this.#readTimer ??= setTimeout(() => {
      this.#readTimer = undefined;
      if (!this.#isActive || this.#lastSeq === 0) return;
      this.#user
        .push("room:read", { roomId: this.#roomId, seq: this.#lastSeq })
        // Told again after the next join.
        .then(undefined, (error: PushError) => this.#blame(error));
    }, READ_EVERY);
  }

  #tellState(): void {
    if (this.#user.state !== "joined") return;
    const roomId = this.#roomId === 0 ? null : this.#roomId;
    const blame = (error: PushError): void => this.#blame(error);
    this.#user.push("room:open", { roomId }).then(undefined, blame);
    this.#user.push("state", { active: this.#isActive }).then(undefined, blame);
  }

  /** What a lost connection takes along is nobody's fault. */
  #blame(error: PushError): void {
    if (error.reason !== "closed") this.#options.report.errors.push(`${this.username}: ${error.message}`);
  }

  #reduce(action: WorkspaceAction): void {
    this.heard++;
    this.#state = workspaceReducer(this.#state ?? initialState(undefined as unknown as Me), action);
  }
}
