/** What every adapter does when its engine no longer answers, but no connection is closed. */
import { expect, it, vi } from "vitest";
import { PubSub } from "../../src/pubsub.ts";
import type { PubSubAdapter } from "../../src/pubsub.ts";
import { attach } from "../../src/telemetry/attach.ts";
import type { TelemetryEvents } from "../../src/telemetry.ts";
import { PATIENCE, TEST_TIME } from "./engines.ts";
import { StallingProxy } from "./stalling-proxy.ts";

/** Resolves at the next event of a node. */
function next<Event extends "pubsub.adapter_up" | "pubsub.adapter_down">(
  event: Event,
  nodeName: string,
): Promise<TelemetryEvents[Event]> {
  return new Promise((resolve) => {
    const detach = attach(event, (data) => {
      if (data.nodeName !== nodeName) return;
      detach();
      resolve(data);
    });
  });
}

/** TCP connections of this process, both ends of those to itself. */
const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

/** `adapter` makes one for the engine on a port. */
export function itNoticesStalls(
  name: string,
  port: () => number,
  adapter: (port: number, options: { heartbeat: number }) => PubSubAdapter,
): void {
  it(
    `${name}: notices that the engine no longer answers, connects again, and leaves nothing open`,
    { timeout: TEST_TIME },
    async () => {
      await vi.waitFor(() => expect(openSockets()).toBe(0), PATIENCE);
      const proxy = new StallingProxy(port());
      await proxy.start();
      const node = new PubSub({ adapter: adapter(proxy.port, { heartbeat: 100 }) });
      await node.start();
      expect(node.status()).toMatchObject({ state: "up" });

      const down = next("pubsub.adapter_down", node.nodeName);
      proxy.stall();
      expect((await down).reason).toBe("the engine is connected but delivers nothing");
      expect(node.status()).toMatchObject({ adapter: node.status().adapter, state: "down" });

      const up = next("pubsub.adapter_up", node.nodeName);
      proxy.recover();
      await up;

      proxy.stall();
      await node.stop();
      await vi.waitFor(() => expect(openSockets()).toBe(proxy.sockets), PATIENCE);
      await proxy.stop();
    },
  );
}
