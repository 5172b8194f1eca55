/**
 * `npm run bench:copies`: what it costs that every receiver of a broadcast gets a payload of its own, beside a payload
 * that is frozen once and shared. Clients without `handleOut` get encoded frames, and are not concerned.
 */
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";

const RECEIVERS = 1_000;
const BROADCASTS = 2_000;

const PAYLOADS: Readonly<Record<string, object>> = {
  "100 bytes, flat": { t: 1_234_567_890_123_456, p: "x".repeat(70) },
  "1 kB, a message with its author": {
    id: 17,
    body: "x".repeat(700),
    author: { id: 4, name: "Ada", roles: ["admin", "member"] },
    reactions: Array.from({ length: 5 }, (_, n) => ({ emoji: ":+1:", users: [n, n + 1] })),
  },
};

const socket = defineSocket({ connect: () => ok(), channels: [defineChannel("room").join(() => ok())] });

/** Nanoseconds per receiver. */
function timePerReceiver(act: () => void): number {
  for (let n = 0; n < BROADCASTS / 10; n++) act();
  const startedAt = process.hrtime.bigint();
  for (let n = 0; n < BROADCASTS; n++) act();
  return Number(process.hrtime.bigint() - startedAt) / BROADCASTS / RECEIVERS;
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

for (const [what, payload] of Object.entries(PAYLOADS)) {
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  let received = 0;
  for (let n = 0; n < RECEIVERS; n++) {
    endpoint.subscribeUnchecked("copied", () => void received++);
    endpoint.pubsub.subscribe({ topic: "shared", owner: n, receive: () => void received++ });
  }
  const copied = timePerReceiver(() => endpoint.broadcastUnchecked("copied", "event", payload));
  const shared = timePerReceiver(() => endpoint.pubsub.broadcast("shared", payload));
  const frozenOnce = timePerReceiver(() =>
    endpoint.pubsub.broadcast("shared", frozen(JSON.parse(JSON.stringify(payload)))),
  );
  const line = { copied, "frozen once": frozenOnce, shared };
  const figures = Object.entries(line).map(([way, ns]) => `${way} ${ns.toFixed(0)} ns`);
  console.log(`${what}: ${figures.join(", ")} per receiver (${received} deliveries)`);
  await endpoint.close();
}
