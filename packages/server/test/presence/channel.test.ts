/** What clients of one node are sent, frame by frame. */
import { describe, expect, it } from "vitest";
import { FrameClient } from "../integration/frame-client.ts";
import { observe } from "../integration/telemetry.ts";
import { SOON, startNode } from "./room.ts";

const REF = expect.stringMatching(/^[\w-]{16}$/) as string;
const TOPIC = "room:1";

/** The next frame's join_ref, event and payload. */
async function told(client: FrameClient): Promise<unknown[]> {
  const [joinRef, , topic, event, payload] = (await client.next()) as unknown[];
  expect(topic).toBe(TOPIC);
  return [joinRef, event, payload];
}

/** Joins, tracks `key`, and reads what comes with that. Gives the ref. */
async function enter(client: FrameClient, key: string, meta: object = {}): Promise<string> {
  await client.join(TOPIC, { key, meta });
  const [, , diff] = await told(client);
  await told(client);
  return (diff as { joins: Record<string, { metas: { phx_ref: string }[] }> }).joins[key]?.metas[0]?.phx_ref as string;
}

describe("tracking in join", () => {
  it("is told after the reply: first the diff, to everybody, then the state", async () => {
    const { url } = await startNode();
    const [ada, bob] = [await FrameClient.open(url), await FrameClient.open(url)];
    await ada.join(TOPIC, { state: false });
    expect(await bob.join(TOPIC, { key: "bob", meta: { device: "phone" } })).toEqual({
      status: "ok",
      response: { count: 0 },
    });
    const joins = { bob: { metas: [{ device: "phone", phx_ref: REF }] } };
    expect(await told(bob)).toEqual([null, "presence_diff", { joins, leaves: {} }]);
    expect(await told(bob)).toEqual(["1", "presence_state", joins]);
    expect(await told(ada)).toEqual([null, "presence_diff", { joins, leaves: {} }]);
  });

  it("comes to nothing when the join is refused", async () => {
    const { url, presence, endpoint } = await startNode();
    const client = await FrameClient.open(url);
    expect(await client.join(TOPIC, { key: "ada", refused: true })).toEqual({ status: "error", response: {} });
    await client.settled();
    expect(presence.list(endpoint, TOPIC)).toEqual({});
    expect(client.inbox.rest).toEqual([]);
  });
});

describe("a tracked channel", () => {
  it("has metas for each of its devices, in the order in which they came", async () => {
    const { url, presence, endpoint } = await startNode();
    const [phone, laptop] = [await FrameClient.open(url), await FrameClient.open(url)];
    await enter(phone, "ada", { device: "phone" });
    await enter(laptop, "ada", { device: "laptop" });
    expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas.map(({ device }) => device)).toEqual(["phone", "laptop"]);
    expect(presence.count(endpoint, TOPIC)).toBe(1);
    const [, , diff] = await told(phone);
    expect(diff).toEqual({ joins: { ada: { metas: [{ device: "laptop", phx_ref: REF }] } }, leaves: {} });
  });

  it("updates: one diff with both metas, new ref, same place", async () => {
    const { url, presence, endpoint } = await startNode();
    const [phone, laptop] = [await FrameClient.open(url), await FrameClient.open(url)];
    const ref = await enter(phone, "ada", { device: "phone" });
    await enter(laptop, "ada", { device: "laptop" });
    await told(phone);

    phone.send("1", "2", TOPIC, "update", { key: "ada", meta: { n: 1 } });
    const [, , { response }] = (await told(phone)) as [unknown, unknown, { response: { ref: string } }];
    const [, event, diff] = await told(phone);
    const next = { n: 1, phx_ref: response.ref, phx_ref_prev: ref };
    expect([event, diff]).toEqual([
      "presence_diff",
      { joins: { ada: { metas: [next] } }, leaves: { ada: { metas: [{ device: "phone", phx_ref: ref }] } } },
    ]);
    expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas).toEqual([next, { device: "laptop", phx_ref: REF }]);

    phone.send("1", "3", TOPIC, "merge", { key: "ada", meta: { device: "watch" } });
    const merged = { device: "watch", n: 1, phx_ref: REF, phx_ref_prev: response.ref };
    expect((await told(phone))[2]).toEqual({ joins: { ada: { metas: [merged] } }, leaves: { ada: { metas: [next] } } });
  });

  it("untracks one key, or all in one diff", async () => {
    const { url } = await startNode();
    const client = await FrameClient.open(url);
    await enter(client, "a");
    for (const key of ["b", "c"]) {
      client.send("1", "2", TOPIC, "track", { key });
      expect((await told(client))[1]).toBe("phx_reply");
      expect((await told(client))[1]).toBe("presence_diff");
    }
    client.send("1", "3", TOPIC, "untrack", { key: "b" });
    await told(client);
    expect((await told(client))[2]).toEqual({ joins: {}, leaves: { b: { metas: [{ phx_ref: REF }] } } });
    client.send("1", "4", TOPIC, "untrack", {});
    const one = { metas: [{ phx_ref: REF }] };
    await told(client);
    expect((await told(client))[2]).toEqual({ joins: {}, leaves: { a: one, c: one } });
    expect(await client.call(TOPIC, "untrack", { key: "nobody" })).toEqual({ status: "ok", response: {} });
    expect(await client.call(TOPIC, "list")).toEqual({ status: "ok", response: {} });
  });

  it("tracks on other topics, too", async () => {
    const { url, presence, endpoint } = await startNode();
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { state: false });
    await client.call(TOPIC, "track", { topic: "online", key: "ada", meta: { n: 1 } });
    expect(presence.list(endpoint, "online")).toEqual({ ada: { metas: [{ n: 1, phx_ref: REF }] } });
    client.socket.terminate();
    await expect.poll(() => presence.list(endpoint, "online"), SOON).toEqual({});
  });

  it.each(["leave", "close", "crash", "drop"])("is gone after a %s, with all its keys in one diff", async (end) => {
    const { url } = await startNode();
    const [ada, bob] = [await FrameClient.open(url), await FrameClient.open(url)];
    await enter(bob, "bob");
    await ada.join(TOPIC, { key: "ada", state: false });
    ada.send("1", "2", TOPIC, "track", { key: "ada2" });
    expect((await told(bob))[1]).toBe("presence_diff");
    expect((await told(bob))[1]).toBe("presence_diff");
    if (end === "leave") ada.send("1", "9", TOPIC, "phx_leave", {});
    if (end === "crash") ada.send("1", "9", TOPIC, "crash", {});
    if (end === "close") ada.socket.close();
    if (end === "drop") ada.socket.terminate();
    const one = { metas: [{ phx_ref: REF }] };
    expect(await told(bob)).toEqual([null, "presence_diff", { joins: {}, leaves: { ada: one, ada2: one } }]);
  });

  it("is not there twice after a second join", async () => {
    const { url, presence, endpoint } = await startNode();
    const client = await FrameClient.open(url);
    await enter(client, "ada");
    await client.join(TOPIC, { key: "ada" }, "2");
    await client.settled();
    expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas).toHaveLength(1);
  });

  it("crashes when it tracks twice, or updates what it does not track", async () => {
    const { url } = await startNode();
    const crashes = observe("channel.crashed");
    for (const event of ["track", "update"]) {
      const client = await FrameClient.open(url);
      await enter(client, `ada-${event}`);
      client.send("1", "2", TOPIC, event, { key: event === "track" ? `ada-${event}` : "nobody", meta: {} });
      const code = event === "track" ? "WB_ALREADY_TRACKED" : "WB_NOT_TRACKED";
      expect((await crashes.next()).error).toMatchObject({ code });
      client.socket.terminate();
    }
  });
});

describe("keys", () => {
  it("may be any text, and numbers are texts", async () => {
    const { url, presence, endpoint } = await startNode();
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { state: false });
    const keys = ["__proto__", "constructor", "toString", "", "1", "ключ", "hasOwnProperty"];
    for (const key of keys) {
      client.send("1", "2", TOPIC, "track", { key: key === "1" ? 1 : key });
      await told(client);
      const text = JSON.stringify((await told(client))[2]);
      expect(text).toMatch(new RegExp(`^\\{"joins":\\{${JSON.stringify(key)}:\\{"metas":\\[\\{"phx_ref":`));
    }
    expect(Object.keys(presence.list(endpoint, TOPIC)).sort()).toEqual([...keys].sort());
    expect(presence.getByKey(endpoint, TOPIC, 1)?.metas).toHaveLength(1);
    expect(presence.getByKey(endpoint, TOPIC, "valueOf")).toBeUndefined();
    client.send("1", "3", TOPIC, "state", {});
    expect(Object.keys((await told(client))[2] as object).sort()).toEqual([...keys].sort());
  });

  it("of metas are safe, too", async () => {
    const { url, presence, endpoint } = await startNode();
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { state: false });
    client.socket.send(
      `["1","2","${TOPIC}","track",{"key":"ada","meta":{"__proto__":{"admin":true},"phx_ref":"mine"}}]`,
    );
    await told(client);
    const meta = presence.getByKey(endpoint, TOPIC, "ada")?.metas[0] as object as Record<string, unknown>;
    expect(meta["admin"]).toBeUndefined();
    expect(meta["phx_ref"]).toEqual(REF);
    expect(meta["phx_ref"]).not.toBe("mine");
    expect(JSON.stringify(meta)).toContain('"__proto__":{"admin":true}');
  });
});
