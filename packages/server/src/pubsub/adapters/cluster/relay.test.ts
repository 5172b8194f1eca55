import { beforeEach, describe, expect, it } from "vitest";
import type { Relayed, RelayedParcel } from "./message.ts";
import { Relay } from "./relay.ts";
import type { RelayedWorker } from "./members.ts";

/** A worker that remembers what it was sent, and takes it in when it is told to. */
class FakeWorker {
  isGone = false;
  readonly received: Relayed[] = [];
  readonly #confirm: (() => void)[] = [];

  isConnected(): boolean {
    return !this.isGone;
  }

  send(message: Relayed, _handle: undefined, _options: undefined, confirm: () => void): boolean {
    this.received.push(message);
    this.#confirm.push(confirm);
    return true;
  }

  takeIn(): void {
    for (const confirm of this.#confirm.splice(0)) confirm();
  }

  get texts(): string[] {
    return this.received.flatMap(({ parcels }) => parcels.map(({ bytes }) => Buffer.from(bytes).toString()));
  }
}

const asWorker = (worker: FakeWorker): RelayedWorker => worker as unknown as RelayedWorker;
const parcel = (text: string, node?: string): RelayedParcel => ({ node, bytes: Buffer.from(text) });

let relay: Relay;
let workers: [FakeWorker, FakeWorker, FakeWorker];

const join = (index: number, node: string, namespace = "app"): void =>
  relay.onMessage(asWorker(workers[index]!), { wingbeat: "pubsub.join", namespace, node });
const send = (index: number, from: string, ...parcels: RelayedParcel[]): void =>
  relay.onMessage(asWorker(workers[index]!), { wingbeat: "pubsub", namespace: "app", from, parcels });

beforeEach(() => {
  relay = new Relay();
  workers = [new FakeWorker(), new FakeWorker(), new FakeWorker()];
  for (const [index, node] of ["a", "b", "c"].entries()) join(index, node);
});

describe("the relay of the primary", () => {
  it("hands a broadcast to all workers but the sender's, in one message with the others of its batch", () => {
    send(0, "a", parcel("1"), parcel("2"));
    expect(workers.map(({ texts }) => texts)).toEqual([[], ["1", "2"], ["1", "2"]]);
    expect(workers[1].received).toHaveLength(1);
  });

  it("hands a message for one node to its worker only, the sender's own too; to nobody when it is unknown", () => {
    send(0, "a", parcel("to b", "b"), parcel("to a", "a"), parcel("to d", "d"));
    expect(workers.map(({ texts }) => texts)).toEqual([["to a"], ["to b"], []]);
  });

  it("hands a broadcast back to the sender's worker when another node is in it", () => {
    join(0, "a2");
    send(0, "a", parcel("1"));
    expect(workers.map(({ texts }) => texts)).toEqual([["1"], ["1"], ["1"]]);
  });

  it("keeps namespaces apart, and takes no notice of other messages", () => {
    join(2, "x", "other");
    relay.onMessage(asWorker(workers[2]), {
      wingbeat: "pubsub",
      namespace: "other",
      from: "x",
      parcels: [parcel("1")],
    });
    relay.onMessage(asWorker(workers[2]), { wingbeat: "pubsub", namespace: "none", from: "x", parcels: [parcel("2")] });
    for (const message of [null, "text", { cmd: "other" }]) relay.onMessage(asWorker(workers[2]), message);
    expect(workers.map(({ texts }) => texts)).toEqual([[], [], []]);
  });

  it("forgets nodes that left, and all of a worker that is gone", () => {
    relay.onMessage(asWorker(workers[1]), { wingbeat: "pubsub.leave", namespace: "app", node: "b" });
    relay.onGone(asWorker(workers[2]));
    send(0, "a", parcel("1"), parcel("to c", "c"));
    join(1, "b");
    workers[1].isGone = true;
    send(0, "a", parcel("2"));
    expect(workers.map(({ texts }) => texts)).toEqual([[], [], []]);
  });

  it("drops what is for a worker that takes nothing in, and goes on when it does again", () => {
    const large = { node: undefined, bytes: new Uint8Array(30 * 1024 * 1024) };
    for (let count = 0; count < 3; count++) send(0, "a", large);
    expect(workers[1].received).toHaveLength(2);
    workers[1].takeIn();
    send(0, "a", parcel("again"));
    expect(workers[1].texts.at(-1)).toBe("again");
    expect(workers[2].received).toHaveLength(3);
  });
});

describe("garbage from a worker", () => {
  const base: Relayed = { wingbeat: "pubsub", namespace: "app", from: "a", parcels: [] };
  it.each<[string, unknown]>([
    ["without parcels", { ...base, parcels: undefined }],
    ["whose parcels are no list", { ...base, parcels: { length: 1 } }],
    ["with a parcel that is null", { ...base, parcels: [null] }],
    ["with bytes that are text", { ...base, parcels: [{ node: undefined, bytes: "text" }] }],
    ["with bytes that have a length only", { ...base, parcels: [{ node: undefined, bytes: { length: -1e9 } }] }],
    ["to a node whose name is an object", { ...base, parcels: [{ node: {}, bytes: new Uint8Array(1) }] }],
    ["of no namespace", { ...base, namespace: undefined, parcels: [{ node: undefined, bytes: new Uint8Array(1) }] }],
    ["that joins with an object as its name", { wingbeat: "pubsub.join", namespace: "app", node: {} }],
    ["that joins an endless namespace", { wingbeat: "pubsub.join", namespace: "x".repeat(1e6), node: "n" }],
  ])("%s is not handed on, and the relay goes on", (_what, message) => {
    relay.onMessage(asWorker(workers[0]), message);
    send(0, "a", parcel("1"));
    expect(workers.map(({ texts }) => texts)).toEqual([[], ["1"], ["1"]]);
  });

  it("that joins again and again under new names is bounded", () => {
    for (let n = 0; n < 5_000; n++) join(1, `node ${n}`);
    send(0, "a", parcel("to the last", "node 4999"), parcel("to an early one", "node 10"));
    expect(workers[1].texts).toEqual(["to an early one"]);
  });

  it("that says goodbye for a node of another worker changes nothing", () => {
    relay.onMessage(asWorker(workers[0]), { wingbeat: "pubsub.leave", namespace: "app", node: "b" });
    send(0, "a", parcel("1"));
    expect(workers[1].texts).toEqual(["1"]);
  });
});
