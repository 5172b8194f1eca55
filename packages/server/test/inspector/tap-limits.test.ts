/** What taps may take of a node. */
import { expect, it, onTestFinished } from "vitest";
import { ChannelProcess } from "../../src/channel/process.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import { MAX_TAPPED, MAX_TAPS } from "../../src/inspector/tap/node-taps.ts";
import { testSocket } from "../../src/testing.ts";
import { Bus } from "../presence/bus.ts";
import { startNode, until } from "./nodes.ts";
import { socketOf } from "./room.ts";

it("a tap listens to at most 500 connections of a topic, and lets them go", async () => {
  const kit = testSocket(socketOf(Promise.resolve(), () => inspection));
  onTestFinished(() => kit.close());
  const inspection = inspect(kit.endpoint);
  onTestFinished(() => inspection.stop());
  for (let n = 0; n < MAX_TAPPED + 20; n++) {
    const client = await kit.connect({ name: `u${n}` } as never);
    await client.subscribeAndJoin("other:1" as never);
  }
  const listenedTo = (): number =>
    [...kit.endpoint.pubsub.subscriptionsOf("other:1")].filter(
      (owner) => owner instanceof ChannelProcess && Object.hasOwn(owner.connection, "send"),
    ).length;
  const before = listenedTo();
  const stop = inspection.tap(
    { topic: "other:1" },
    false,
    () => {},
    () => {},
  );
  expect(listenedTo() - before).toBe(MAX_TAPPED);
  stop();
  expect(listenedTo()).toBe(before);
});

it("a node has at most 20 taps, the oldest makes room, and those of a viewer that is gone end", async () => {
  const bus = new Bus();
  const node = await startNode({ adapter: bus.adapter("a") });
  const forger = bus.adapter("forger");
  const heard = new Set<string>();
  void forger.start(({ message }) => {
    const { kind, id } = message as { kind?: string; id?: string };
    if (kind === "frames") heard.add(String(id));
  });
  for (let n = 0; n < 3 * MAX_TAPS; n++) {
    const message = { form: 1, kind: "tap", id: `t${n}`, from: "forger", target: { topic: "room:1" }, reveal: true };
    forger.directBroadcast("a", { topic: "wingbeat:inspector", dispatcher: "inspector", message });
  }
  await node.client("ada", "room:1");
  await until(
    async () => heard.size,
    (size) => expect(size).toBe(MAX_TAPS),
  );
  expect([...heard].sort()).toEqual(Array.from({ length: MAX_TAPS }, (_, n) => `t${2 * MAX_TAPS + n}`));
  const isListening = (): boolean =>
    [...node.endpoint.inside().mounts[0]!.processes].some(({ connection }) => Object.hasOwn(connection, "send"));
  expect(isListening()).toBe(true);
  // The forger renews nothing.
  await until(
    async () => isListening(),
    (is) => expect(is).toBe(false),
  );
});
