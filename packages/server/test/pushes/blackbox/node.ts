/** A node in a process of its own: its handlers write down that they begin, and what they reply. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../../../src/index.ts";
import { redisAdapter } from "../../../src/pubsub/adapters/redis.ts";
import { answer, settings } from "../../attack/child.ts";
import { PASSWORD } from "../../pubsub/engines.ts";
import { Recorder } from "../../recovery/history.ts";
import { EVENT, LARGE, LONGEST } from "./settings.ts";
import type { NodeSettings, Wish } from "./settings.ts";
import type { Happened, Policy } from "./story.ts";

const { folder, name, port, redisPort } = settings<NodeSettings>();
const nodeName = `${name}-${process.pid}`;
const recorder = new Recorder<Happened>(folder, nodeName);
let runs = 0;

const channelOf = (policy: Policy) =>
  defineChannel(`${policy}:{id}`)
    .dedupe({ unknown: policy })
    .join(() => ok())
    .handleIn(EVENT, (ctx, payload) => {
      const { id, how } = payload as Wish;
      const { attempt } = ctx;
      recorder.write({ op: "start", id, key: ctx.idempotencyKey as string, attempt });
      const isLarge = how === "large";
      // No two runs reply the same.
      const run = `${nodeName}-${++runs}`;
      const reply = { run, ...(isLarge ? { padding: "x".repeat(LARGE) } : {}) };
      const end = () => {
        const given = how === "crash" ? { reason: "channel_crash" } : reply;
        recorder.write({ op: "done", id, attempt, reply: given, isLarge });
        if (how === "crash") throw new Error("as it was asked to");
        return how === "refuse" ? refuse(reply) : ok(reply);
      };
      return how === "sync" ? end() : sleep(Math.random() * LONGEST).then(end);
    });

const endpoint = createEndpoint({
  sockets: {
    "/socket": defineSocket({
      connect: (_ctx, params) => ok({ name: String((params as { name?: unknown }).name) }),
      id: ({ name }) => `user:${name}`,
      channels: [channelOf("refuse"), channelOf("run")],
      // Less than clients make: some are refused for now, and those that follow must wait for them.
      eventsPerSecond: 30,
    }),
  },
  drain: { deadline: 2_000 },
  logger: false,
  pubsub: redisAdapter({ nodeName, connect: () => new Redis({ port: redisPort, password: PASSWORD }) }),
});
await endpoint.listen(port, "127.0.0.1");

answer({
  name: () => nodeName,
  close: async () => {
    await endpoint.close();
    process.exit(0);
  },
});
