/** A process that was away for a while (busy, stopped, suspended) does not hold its own absence against its clients. */
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FrameClient } from "./frame-client.ts";
import { caughtUp, PollClient } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";

/** Nothing else runs meanwhile, as when the process is stopped. Timers that are due come first when it is back. */
async function beAway(ms: number, justBefore = (): void => {}): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  justBefore();
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** The sweep has looked at its clients, and takes them for silent from now on. */
const swept = (): Promise<void> => delay(50);

describe("a process that was away for longer than its clients may be silent", () => {
  it("reads what they have sent meanwhile before it judges them", async () => {
    const { url } = await serve({ "/socket": { socket: userSocket(), websocket: { timeout: 200 } } });
    const client = await FrameClient.open(url());
    await client.join("room:1");
    await swept();
    await beAway(400, () => client.send(null, "1", "phoenix", "heartbeat", {}));
    expect(await client.next()).toMatchObject({ 1: "1", 3: "phx_reply" });
  });

  it("does not count the time for which nobody could be heard", async () => {
    const { url } = await serve({ "/socket": { socket: userSocket(), websocket: { timeout: 400 } } });
    const client = await FrameClient.open(url());
    await client.settled();
    await swept();
    await beAway(600);
    await client.settled();
  });

  it("answers the poll that waited, and waits for the next one", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), longpoll: { window: 200 } } });
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    for (let n = 0; n < 2; n++) {
      const poll = client.get();
      await caughtUp(served);
      await beAway(400);
      expect((await poll).body.status).toBe(204);
    }
    expect(served.endpoint.connections).toBe(1);
  });
});
