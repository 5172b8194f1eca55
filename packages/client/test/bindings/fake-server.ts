/** A server in memory: accepts every connection and join, and notes what it gets as `phx_join room:1 {"since":1}`. */
import type { Transport, TransportClass } from "@wingbeat/client";

type Frame = readonly [joinRef: string, ref: string, topic: string, event: string, payload: unknown];

export interface FakeServer {
  readonly transport: TransportClass;
  readonly log: string[];
  /** Ends all connections; the next ones are accepted again. */
  drop(code?: number): void;
}

export function fakeServer(): FakeServer {
  const log: string[] = [];
  const open = new Set<FakeTransport>();

  class FakeTransport implements Transport {
    readyState = 0;
    readonly skipHeartbeat = true;
    onopen: ((event: never) => unknown) | null = null;
    onmessage: ((event: never) => unknown) | null = null;
    onerror: ((event: never) => unknown) | null = null;
    onclose: ((event: never) => unknown) | null = null;

    constructor() {
      queueMicrotask(() => {
        log.push("open");
        open.add(this);
        this.readyState = 1;
        this.onopen?.({} as never);
      });
    }

    send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
      const [joinRef, ref, topic, event, payload] = JSON.parse(data as string) as Frame;
      log.push(`${event} ${topic} ${JSON.stringify(payload)}`);
      const answer = JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response: payload }]);
      queueMicrotask(() => this.readyState === 1 && this.onmessage?.({ data: answer } as never));
    }

    close(code = 1000): void {
      log.push("close");
      open.delete(this);
      this.readyState = 3;
      this.onclose?.({ code, reason: "" } as never);
    }
  }

  return { transport: FakeTransport, log, drop: (code = 1006) => open.forEach((transport) => transport.close(code)) };
}

/** All microtasks, and the macrotasks that were due. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(() => setTimeout(resolve)));
