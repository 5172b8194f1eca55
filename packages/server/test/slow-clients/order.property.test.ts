/**
 * For any schedule of messages, pauses and reads, a client gets a part of what was sent, in order: all that must arrive,
 * and of each key the newest at the end. Nothing comes behind a newer message of its key.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conflate, defineChannel, defineSocket, ok, volatile } from "../../src/index.ts";
import type { SocketDefinition } from "../../src/index.ts";
import { SlowClient, turn } from "./slow-client.ts";

interface Message {
  readonly event: "cursor" | "typing" | "said";
  readonly key: number;
}

type Step = Message | "read" | "wait" | "push" | "turn";

const room = defineChannel("room:*")
  .pushes<{ cursor: { key: number; n: number }; typing: { n: number }; said: { n: number } }>({
    cursor: conflate(({ key }) => key),
    typing: volatile(),
  })
  .join(() => ok());

const intercepting = room.handleOut("said", async (ctx, payload) => {
  await Promise.resolve();
  ctx.push("said", payload);
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      event: fc.constantFrom("cursor", "cursor", "cursor", "typing", "said"),
      key: fc.integer({ min: 1, max: 4 }),
    }) as fc.Arbitrary<Message>,
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>("read", "wait", "push", "turn") },
);

const situation = fc.record({
  steps: fc.array(step, { maxLength: 80 }),
  extensions: fc.boolean(),
  kernel: fc.constantFrom(0, 300, 1_000, Infinity),
  maxUnackedBytes: fc.constantFrom(1, 200, 1_000, 65_536),
  maxConflatedKeys: fc.constantFrom(1, 2, 1_000),
  intercepts: fc.boolean(),
});

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("what a client gets", () => {
  it("is a part of what was sent, in order, with all that must arrive and the newest of each key", async () => {
    await fc.assert(
      fc.asyncProperty(situation, async ({ steps, extensions, kernel, intercepts, ...limits }) => {
        const channel = intercepts ? intercepting : room;
        const socket: SocketDefinition = defineSocket({ connect: () => ok(), channels: [channel], ...limits });
        const client = new SlowClient(socket, { extensions, kernel });
        client.send("phx_join", {}, "1");
        await turn();
        const received: string[] = [...(await client.catchUp())].slice(1);
        const sent: string[] = [];
        const newest = new Map<number, string>();
        let n = 0;
        for (const one of steps) {
          if (one === "read") received.push(...client.read());
          else if (one === "wait") vi.advanceTimersByTime(400);
          else if (one === "turn") await turn();
          else {
            const { event, key } = one === "push" ? { event: "said", key: 0 } : one;
            const payload = { ...(event === "cursor" && { key }), n: ++n };
            client.endpoint.broadcast("room:1", event, payload);
            const text = `${event} ${JSON.stringify(payload)}`;
            sent.push(text);
            if (event === "cursor") newest.set(key, text);
          }
        }
        await turn();
        received.push(...(await client.catchUp()));

        const places = received.map((text) => sent.indexOf(text));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        expect(places).not.toContain(-1);
        const said = (texts: readonly string[]) => texts.filter((text) => text.startsWith("said"));
        expect(said(received)).toEqual(said(sent));
        for (const text of newest.values()) expect(received).toContain(text);
        // Nothing is kept for a client that has caught up.
        const last = client.endpoint;
        last.broadcast("room:1", "typing", { n: 0 });
        await turn();
        client.connection.close();
        await turn();
        expect(last.pubsub.size.subscriptions).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
