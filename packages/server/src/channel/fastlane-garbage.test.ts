import { expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, Telemetry } from "../index.ts";
import type { DeliverLocally, PubSubAdapter } from "../index.ts";
import { testSocket } from "../testing.ts";

const channel = defineChannel("room:*").join(() => ok());
const socket = defineSocket({ connect: () => ok(), channels: [channel] });

it("what another node forged is refused before any client is sent it", async () => {
  let deliver: DeliverLocally | undefined;
  const adapter: PubSubAdapter = {
    nodeName: "a",
    start: (given) => void (deliver = given),
    broadcast() {},
    directBroadcast() {},
    stop() {},
  };
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, pubsub: adapter, logger: false });
  onTestFinished(() => endpoint.close());
  await endpoint.pubsub.start();
  const room = await testSocket(socket, { endpoint }).socket().subscribeAndJoin("room:1");
  const failures: unknown[] = [];
  onTestFinished(Telemetry.attach("pubsub.delivery_failed", ({ error }) => failures.push(error)));
  const forged: unknown[] = [
    null,
    undefined,
    7,
    "text",
    [],
    {},
    { topic: "room:1", payload: {} },
    { topic: "room:1", event: {}, payload: {} },
    { topic: "room:1", event: null, payload: {} },
    { topic: {}, event: "e", payload: {} },
    { topic: ["room:1"], event: "e", payload: {} },
    { topic: "room:1", event: "e", payload: null },
    { topic: "room:1", event: "e", payload: [] },
    { topic: "room:1", event: "e", payload: "text" },
    { topic: "room:1", event: "e" },
    { topic: "room:2", event: "e", payload: {} },
    JSON.parse(`{"topic":"room:1","event":"e","payload":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`),
  ];
  for (const message of forged) {
    for (const dispatcher of ["fastlane", "news"]) deliver?.({ topic: "room:1", message, dispatcher });
  }
  deliver?.({
    topic: "room:1",
    message: { topic: "room:1", event: "last", payload: { n: 1 } },
    dispatcher: "fastlane",
  });
  await room.assertPush("last", { n: 1 });
  await room.refutePush("e", {}, 0);
  expect(failures).toHaveLength(2 * forged.length);
});
