/** What adapters do when somebody else writes to the engine's channel. */
import { expectEqual } from "./case.ts";
import type { SuiteCase } from "./case.ts";
import type { PubSubCluster } from "./cluster.ts";

/** What the engine hands to all nodes, seen and written by somebody who is no node. */
export interface ChannelControl {
  /** Publishes bytes to all nodes that `adapters` made last. Resolves when the engine has them. */
  publish(bytes: Uint8Array): Promise<unknown>;
  /** Hands over what is published to these nodes, from when it resolves. Gives a function that ends it. */
  listen(receive: (bytes: Uint8Array) => void): Promise<() => unknown>;
}

const TOPIC = "room:1";
const END = "end of test";
/** Pieces of garbage. */
const PIECES = 300;

/** Numbers from 0 to 2³²−1 that look random, the same in each run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
}

function* anyBytes(): Iterable<Uint8Array> {
  const next = numbersFrom(1);
  for (let piece = 0; piece < PIECES; piece++) {
    const bytes = Uint8Array.from({ length: next() % 100 }, () => next() >>> 24);
    // Often with a first byte that may mean something.
    if (bytes.length > 0 && piece % 2 === 0) bytes[0] = piece % 8;
    yield bytes;
  }
}

/** A message with other bytes in each place in turn, cut off, and doubled. */
function* changed(message: Uint8Array): Iterable<Uint8Array> {
  for (const [place, byte] of message.entries()) {
    for (const value of [0, 0xff, byte ^ 0x80]) yield message.with(place, value);
    yield message.subarray(0, place);
  }
  yield Uint8Array.from([...message, ...message]);
}

/** Node 0 sends twice: what was made of one of its messages may pass for the first. */
async function expectAlive(cluster: PubSubCluster, receivers: readonly { until(last: unknown): Promise<unknown> }[]) {
  cluster.node(0).broadcast(TOPIC, `${END}, once`);
  cluster.node(0).broadcast(TOPIC, END);
  for (const receiver of receivers) await receiver.until(END);
  for (const index of [0, 1, 2]) expectEqual(`state of node ${index}`, cluster.node(index).status().state, "up");
}

export function garbageCases(channel: ChannelControl): readonly SuiteCase[] {
  return [
    {
      title: "what is no message at all harms nobody: all others arrive, in order",
      async run(cluster) {
        const receivers = [cluster.listen(1, TOPIC), cluster.listen(2, TOPIC)];
        let sent = 0;
        for (const bytes of anyBytes()) {
          await channel.publish(bytes);
          cluster.node(0).broadcast(TOPIC, sent++);
        }
        cluster.node(0).broadcast(TOPIC, END);
        const expected = [...Array.from({ length: sent }, (_, number) => number), END];
        for (const receiver of receivers) expectEqual("received", await receiver.until(END), expected);
        await expectAlive(cluster, [cluster.listen(1, TOPIC), cluster.listen(2, TOPIC)]);
      },
    },
    {
      title: "a message that was recorded and forged does not silence its sender",
      async run(cluster) {
        let record: (bytes: Uint8Array) => void = () => {};
        const recorded = new Promise<Uint8Array>((resolve) => (record = resolve));
        const stop = await channel.listen((bytes) => bytes.length > 8 && record(Uint8Array.from(bytes)));
        try {
          const receivers = [cluster.listen(1, TOPIC), cluster.listen(2, TOPIC)];
          cluster.node(0).broadcast(TOPIC, { recorded: new Uint8Array(3) });
          await expectAlive(cluster, receivers);
          await recorded;
        } finally {
          await stop();
        }
        for (const bytes of changed(await recorded)) await channel.publish(bytes);
        await expectAlive(cluster, [cluster.listen(1, TOPIC), cluster.listen(2, TOPIC)]);
      },
    },
  ];
}
