/** A client of these tests that takes part in recovery, and writes down what it is sent. */
import { WebSocket } from "ws";
import { Socket } from "@wingbeat/client";
import type { Channel } from "@wingbeat/client";
import { Inbox } from "../integration/inbox.ts";

const EAGER = { timeout: 3_000, reconnectAfterMs: () => 20, rejoinAfterMs: () => 50 } as const;

export interface Heard {
  readonly offset: number | undefined;
  readonly payload: unknown;
}

export class RecoveringClient {
  readonly heard: Heard[] = [];
  /** Each rejoin: whether all that was missed comes. */
  readonly recoveries: { readonly recovered: boolean; readonly count?: number; readonly reason?: unknown }[] = [];
  readonly channel: Channel;
  readonly #socket: Socket;
  readonly #news = new Inbox<Heard>();
  readonly #watches = new Set<() => void>();
  #connections: WebSocket[] = [];

  private constructor(url: () => string, topic: string) {
    const connections = this.#connections;
    const transport = class extends WebSocket {
      constructor() {
        super(`${url()}/websocket?vsn=2.0.0&wingbeat=1`);
        connections.push(this);
      }
    };
    this.#socket = new Socket("ws://127.0.0.1/socket", { ...EAGER, transport: transport as never });
    this.channel = this.#socket.channel(topic);
    for (const event of ["said", "bytes"]) {
      this.channel.on(event, (payload: unknown, _ref: unknown, _joinRef: unknown, position?: { offset: number }) => {
        const heard = { offset: position?.offset, payload };
        this.heard.push(heard);
        this.#news.put(heard);
        for (const watch of this.#watches) watch();
      });
    }
    this.channel.onRecover((recovery) => {
      this.recoveries.push(recovery);
      for (const watch of this.#watches) watch();
    });
  }

  /** Resolves when it has joined. `url`: of each connection. */
  static async join(url: () => string, topic: string): Promise<RecoveringClient> {
    const client = new RecoveringClient(url, topic);
    client.#socket.connect();
    await client.channel.join();
    return client;
  }

  /** Cuts its connection. It comes back by itself. */
  cut(): void {
    this.#connections.at(-1)?.terminate();
  }

  next(): Promise<Heard> {
    return this.#news.next();
  }

  /** Resolves when something is so. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (): void => {
        if (!isSo()) return;
        this.#watches.delete(watch);
        resolve();
      };
      this.#watches.add(watch);
      watch();
    });
  }

  get offsets(): (number | undefined)[] {
    return this.heard.map(({ offset }) => offset);
  }

  end(): void {
    this.#socket.disconnect();
  }
}
