/** A client of PROTOCOL.md section 17 without a library: it numbers its pushes, and says what it is answered. */
import { once } from "node:events";
import { WebSocket } from "ws";

export interface Answer {
  readonly status: string;
  readonly response: unknown;
  /** Absent: the reply is the handler's. */
  readonly push?: string;
}

/** How a push is numbered. */
export interface NumberOf {
  readonly n: number;
  readonly epoch: string;
  readonly session: string;
  readonly acked: number;
}

/** One connection. */
export class NumberedClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (answer: Answer | undefined) => void>();
  /** Join refs, by topic. */
  readonly #joins = new Map<string, string>();
  readonly closed: Promise<void>;
  #isClosed = false;
  #lastRef = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(JSON.parse(String(data)) as unknown[]));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        for (const lost of this.#waiting.values()) lost(undefined);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Rejects when there is no connection. */
  static async connect(url: string, params: Readonly<Record<string, string>> = {}): Promise<NumberedClient> {
    const query = new URLSearchParams({ vsn: "2.0.0", ...params });
    const socket = new WebSocket(`${url}/websocket?${query.toString()}`);
    const client = new NumberedClient(socket);
    await once(socket, "open");
    return client;
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Undefined: the connection was lost. */
  join(topic: string, session: string): Promise<Answer | undefined> {
    this.#joins.set(topic, String(this.#lastRef + 1));
    return this.#ask(topic, "phx_join", {}, { v: 1, session });
  }

  /** Begins a line, or goes on with it. */
  open(topic: string, session: string, next: number): Promise<Answer | undefined> {
    return this.#ask(topic, "wb_pushes", { session, next });
  }

  push(
    topic: string,
    event: string,
    payload: unknown,
    { n, epoch, session, acked }: NumberOf,
  ): Promise<Answer | undefined> {
    return this.#ask(topic, event, payload, { n, e: epoch, s: session, a: acked });
  }

  heartbeat(): Promise<Answer | undefined> {
    return this.#ask("phoenix", "heartbeat", {});
  }

  #ask(topic: string, event: string, payload: unknown, ...extension: readonly unknown[]): Promise<Answer | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const ref = String(++this.#lastRef);
    return new Promise((resolve) => {
      this.#waiting.set(ref, resolve);
      this.#socket.send(JSON.stringify([this.#joins.get(topic) ?? null, ref, topic, event, payload, ...extension]));
    });
  }

  #receive([, ref, topic, event, payload]: readonly unknown[]): void {
    if (event === "phx_reply") {
      this.#waiting.get(ref as string)?.(payload as Answer);
      this.#waiting.delete(ref as string);
    } else if ((event === "phx_error" || event === "phx_close") && this.#joins.has(topic as string)) {
      // Everything of the channel is lost: it is simplest to begin anew.
      this.drop();
    }
  }
}
