/** A client's ephemeral values, against a fake server of which the test says all. */
import { ephemeral } from "@wingbeat/client/ephemeral";
import type { EphemeralOptions } from "@wingbeat/client/ephemeral";
import { fakeServer } from "@wingbeat/client/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function joined(options?: EphemeralOptions) {
  const server = fakeServer();
  onTestFinished(() => server.close());
  server.channel("room:1");
  const socket = server.socket();
  socket.connect();
  const channel = socket.channel("room:1");
  channel.join();
  const cursors = ephemeral(channel, "cursor", options);
  const sent: string[] = [];
  server.channel("room:1").on("cursor", (payload) => void sent.push(JSON.stringify(payload)));
  const client = await server.joined("room:1");
  await Promise.resolve();
  const got: string[] = [];
  cursors.onChange((values) => got.push(JSON.stringify([...values])));
  return { server, socket, channel, client, cursors, sent, got };
}

/** What was sent has arrived, and so much time has passed. */
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("the own value", () => {
  it("is sent at once, then at most every 100 ms, the last one certainly", async () => {
    const { cursors, sent } = await joined();
    expect(sent.splice(0)).toEqual(["{}"]);
    for (let x = 1; x <= 5; x++) cursors.set({ x });
    await passed(0);
    expect(sent.splice(0)).toEqual(['{"value":{"x":1}}']);
    await passed(99);
    expect(sent).toEqual([]);
    await passed(1);
    expect(sent.splice(0)).toEqual(['{"value":{"x":5}}']);
    cursors.set({ x: 6 });
    cursors.set({ x: 5 });
    await passed(100);
    expect(sent).toEqual([]);
  });

  it("is not sent again while it is the same, but renewed twice in the time in which it expires", async () => {
    const { cursors, sent } = await joined({ expires: 10_000 });
    cursors.set(1);
    await passed(1_000);
    cursors.set(1);
    await passed(3_999);
    expect(sent.splice(0)).toEqual(["{}", '{"value":1}']);
    await passed(1);
    expect(sent.splice(0)).toEqual(['{"value":1}']);
    await passed(5_000);
    expect(sent.splice(0)).toEqual(['{"value":1}']);
    cursors.clear();
    await passed(60_000);
    expect(sent).toEqual(['{"value":null}']);
  });

  it("is over after the idle time without set", async () => {
    const { cursors, sent } = await joined({ idle: 5_000 });
    cursors.set(true);
    await passed(4_999);
    cursors.set(true);
    await passed(4_999);
    expect(sent.splice(0)).toEqual(["{}", '{"value":true}']);
    await passed(1);
    expect(sent.splice(0)).toEqual(['{"value":null}']);
    await passed(60_000);
    expect(sent).toEqual([]);
  });

  it("waits while the channel is not joined, and is sent again after a rejoin", async () => {
    const { server, cursors, sent } = await joined();
    cursors.set(1);
    await passed(0);
    server.stop();
    cursors.set(2);
    cursors.set(3);
    await passed(100);
    expect(sent.splice(0)).toEqual(["{}", '{"value":1}']);
    server.start();
    await passed(100);
    expect(sent.splice(0)).toEqual(["{}", '{"value":3}']);
    server.stop();
    cursors.clear();
    server.start();
    await passed(100);
    expect(sent).toEqual(["{}"]);
  });

  it("is cleared by stop, after which nothing happens", async () => {
    const { client, cursors, channel, sent, got } = await joined({ idle: 1_000 });
    cursors.set(1);
    cursors.set(2);
    cursors.stop();
    await passed(0);
    client.push("cursor", { key: "bob", value: 1 });
    await passed(60_000);
    expect(sent).toEqual(["{}", '{"value":1}', '{"value":null}']);
    expect(got).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    channel.leave();
  });

  it("leaves no timer when the channel is left", async () => {
    const { channel, cursors, client } = await joined({ idle: 1_000 });
    cursors.set(1);
    client.push("cursor", { key: "bob", value: 1 });
    channel.leave();
    expect([...cursors.values]).toEqual([]);
    await passed(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the values of others", () => {
  it("are one for each key, in new maps; the same value is no change", async () => {
    const { client, cursors, got } = await joined();
    client.push("cursor", { key: "ann", value: { x: 1 } });
    const before = cursors.values;
    client.push("cursor", { key: 7, value: { x: 1 } });
    client.push("cursor", { key: "ann", value: { x: 1 } });
    client.push("cursor", { key: "ann", value: { x: 2 } });
    client.push("cursor", { key: "ann", value: null });
    client.push("cursor", { key: "ann", value: null });
    expect(got).toEqual([
      '[["ann",{"x":1}]]',
      '[["ann",{"x":1}],[7,{"x":1}]]',
      '[["ann",{"x":2}],[7,{"x":1}]]',
      '[[7,{"x":1}]]',
    ]);
    expect([...before.keys()]).toEqual(["ann"]);
    expect(cursors.values.get(7)).toEqual({ x: 1 });
  });

  it("are gone when they are not renewed", async () => {
    const { client, got } = await joined({ expires: 10_000 });
    client.push("cursor", { key: "ann", value: 1 });
    await passed(6_000);
    client.push("cursor", { key: "bob", value: 1 });
    client.push("cursor", { key: "eve", value: 1 });
    await passed(3_000);
    client.push("cursor", { key: "eve", value: 1 });
    got.length = 0;
    await passed(999);
    expect(got).toEqual([]);
    await passed(1);
    expect(got).toEqual(['[["bob",1],["eve",1]]']);
    await passed(6_000);
    expect(got.at(-1)).toBe('[["eve",1]]');
    await passed(3_000);
    expect(got.at(-1)).toBe("[]");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("from a broken server do no harm, and are at most 1,000", async () => {
    const { client, cursors } = await joined();
    for (const payload of [{}, { key: {}, value: 1 }, { key: "a" }, { key: null, value: 1 }, new Uint8Array([1])]) {
      client.push("cursor", payload);
    }
    expect(cursors.values.size).toBe(0);
    for (let key = 0; key < 1_001; key++) client.push("cursor", { key, value: key });
    expect([cursors.values.size, cursors.values.has(0), cursors.values.get(1_000)]).toEqual([1_000, false, 1_000]);
  });

  it("are asked for when a channel has joined already", async () => {
    const { channel, sent } = await joined();
    sent.length = 0;
    ephemeral(channel, "cursor").stop();
    await passed(0);
    expect(sent).toEqual(["{}"]);
  });
});

it.each([{ every: 0 }, { idle: -1 }, { expires: Number.NaN }])("refuses %o", async (options) => {
  await expect(joined(options)).rejects.toThrow(RangeError);
});
