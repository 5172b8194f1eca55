/** A visitor of an example: the official `phoenix` client, quick to reconnect, gone when the test ends. */
import { Socket } from "phoenix";
import type { Channel, Push } from "phoenix";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

export interface Answer {
  readonly status: string;
  readonly response: unknown;
}

export type Event = readonly [event: string, payload: unknown];

const SOON = 20;

/** `url` is that of the mount, e.g. `ws://127.0.0.1:4000/socket`. */
export function connect(url: string, params: object): Socket {
  const socket = new Socket(url, {
    params,
    transport: WebSocket as never,
    reconnectAfterMs: () => SOON,
    rejoinAfterMs: () => SOON,
  });
  onTestFinished(() => socket.disconnect());
  socket.connect();
  return socket;
}

/** A topic as one visitor sees it: the answer to the join, then every event in order. */
export class Seat {
  readonly channel: Channel;
  readonly #events: Event[] = [];
  #wake: () => void = () => {};

  constructor(socket: Socket, topic: string, params: object = {}) {
    this.channel = socket.channel(topic, params);
    this.channel.onMessage = (event: string, payload: unknown) => {
      if (!event.startsWith("phx_") && !event.startsWith("chan_reply_")) {
        this.#events.push([event, payload]);
        this.#wake();
      }
      return payload;
    };
  }

  join(): Promise<Answer> {
    return answered(this.channel.join());
  }

  push(event: string, payload: object): Promise<Answer> {
    return answered(this.channel.push(event, payload));
  }

  /** The next event, now or when it comes. */
  async next(): Promise<Event> {
    while (this.#events.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#events.shift() as Event;
  }

  /** The next event of that name; those before it are dropped. */
  async nextOf<Payload>(name: string): Promise<Payload> {
    for (;;) {
      const [event, payload] = await this.next();
      if (event === name) return payload as Payload;
    }
  }

  /** What has come and nobody has taken. */
  get waiting(): readonly Event[] {
    return this.#events;
  }

  /** The same, taken, and complete up to now: an answer that was asked for now has come after all of it. */
  async rest(): Promise<readonly Event[]> {
    await this.push("nothing:takes:this", {});
    return this.#events.splice(0);
  }
}

export function answered(push: Push): Promise<Answer> {
  return new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"] as const) {
      push.receive(status, (response: unknown) => resolve({ status, response }));
    }
  });
}

/** The HTTP status with which a WebSocket handshake ends: 101 when it is let in. */
export function handshake(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", reject);
  });
}
