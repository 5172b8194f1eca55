/** `fetch`: what an application adds to presences, before clients are told. */
import { describe, expect, it, vi } from "vitest";
import { definePresence } from "../../src/presence.ts";
import type { PresenceState } from "../../src/presence.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate } from "../integration/inbox.ts";
import { observe } from "../integration/telemetry.ts";
import { local, SOON, startNode, TOPIC, told } from "./room.ts";
import type { Meta } from "./room.ts";
import { VirtualTime } from "./virtual-time.ts";

const REF = expect.any(String) as string;

interface User {
  readonly name: string;
}

type Fetch = (topic: string, presences: PresenceState<Meta>) => Promise<PresenceState<Meta, User>>;

const addNames = (presences: PresenceState<Meta>): PresenceState<Meta, User> =>
  Object.fromEntries(Object.entries(presences).map(([key, item]) => [key, { ...item, name: key.toUpperCase() }]));

describe("fetch", () => {
  it("adds to diffs, states and lists, with one call for each side", async () => {
    const fetch = vi.fn<Fetch>(async (_topic, presences) => addNames(presences));
    const presence = definePresence<Meta, User>({ fetch });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    await vi.waitFor(() => expect(heard).toHaveLength(1), SOON);
    expect(fetch.mock.calls).toEqual([[TOPIC, { ada: { metas: [{ phx_ref: REF }] } }]]);
    const ada = { name: "ADA", metas: [{ phx_ref: REF }] };
    expect(heard[0]).toEqual({ event: "presence_diff", payload: { joins: { ada }, leaves: {} } });
    expect((await presence.list(endpoint, TOPIC))["ada"]?.name).toBe("ADA");
    expect(presence.getByKey(endpoint, TOPIC, "ada")).toEqual({ metas: [{ phx_ref: REF }] });
    presence.update(endpoint, TOPIC, "ada", { n: 1 });
    await vi.waitFor(() => expect(heard).toHaveLength(2), SOON);
    expect(heard[1]?.payload).toMatchObject({ joins: { ada: { name: "ADA" } }, leaves: { ada: { name: "ADA" } } });
    expect(fetch).toHaveBeenCalledTimes(4);
  });

  it("keeps the order, however long each call takes", async () => {
    const gates = [gate(), gate(), gate()];
    let calls = 0;
    const presence = definePresence<Meta, User>({
      fetch: async (_topic, presences) => {
        await gates[calls++]?.passed;
        return addNames(presences);
      },
    });
    const { endpoint, heard } = local(presence);
    for (const key of ["a", "b", "c"]) presence.track(endpoint, TOPIC, key, {});
    for (const { open } of gates.toReversed()) {
      expect(heard).toEqual([]);
      open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(heard.map(({ payload }) => Object.keys((payload as { joins: object }).joins))).toEqual([
      ["a"],
      ["b"],
      ["c"],
    ]);
  });

  const failing: readonly [what: string, fetch: (topic: string, presences: PresenceState<Meta>) => unknown][] = [
    ["rejects", () => Promise.reject(new Error("no database"))],
    [
      "throws",
      () => {
        throw new Error("no database");
      },
    ],
    ["forgets keys", () => Promise.resolve({})],
    ["returns nothing", () => undefined],
  ];
  it.each(failing)("that %s is reported, and clients get what is there", async (_what, fetch) => {
    const failures = observe("presence.fetch_failed");
    const { url } = await startNode({ fetch } as object);
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { key: "ada", state: false });
    const joins = { ada: { metas: [{ phx_ref: REF }] } };
    expect(await told(client)).toEqual({ event: "presence_diff", payload: { joins, leaves: {} } });
    expect(await failures.next()).toMatchObject({ name: "presence", topic: TOPIC, error: expect.any(Error) as Error });
  });

  it("that returns what cannot be sent is reported", async () => {
    const failures = observe("presence.fetch_failed");
    const fetch = (_topic: string, presences: PresenceState<Meta>) => ({ ...presences, extra: 1n });
    const { url } = await startNode({ fetch } as object);
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { key: "ada" });
    expect((await failures.next()).error).toMatchObject({ message: expect.stringContaining("bigint") as string });
    expect(await client.call(TOPIC, "untrack")).toMatchObject({ status: "ok" });
  });

  it("that never ends does not hold up others for ever", async () => {
    const time = new VirtualTime();
    const failures = observe("presence.fetch_failed");
    const presence = definePresence<Meta, object>({
      fetch: () => new Promise(() => {}),
      timing: time,
      fetchTimeout: 100,
    });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    time.pass(99);
    expect(failures.rest).toEqual([]);
    time.pass(1);
    await vi.waitFor(() => expect(heard).toHaveLength(1), SOON);
    expect(failures.rest).toHaveLength(1);
    await expect(Promise.race([presence.list(endpoint, TOPIC), Promise.resolve("waits")])).resolves.toBe("waits");
  });

  it("lets nothing overtake what waits, also when the first of it has been sent", async () => {
    const gates = [gate(), gate()];
    let calls = 0;
    const presence = definePresence<Meta, User>({
      fetch: (_topic, presences) => {
        const waits = gates[calls++];
        return waits === undefined ? addNames(presences) : waits.passed.then(() => addNames(presences));
      },
    });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "a", {});
    presence.track(endpoint, TOPIC, "b", {});
    gates[0]?.open();
    await vi.waitFor(() => expect(heard).toHaveLength(1), SOON);
    presence.track(endpoint, TOPIC, "c", {});
    expect(heard).toHaveLength(1);
    gates[1]?.open();
    await vi.waitFor(() => expect(heard).toHaveLength(3), SOON);
    presence.track(endpoint, TOPIC, "d", {});
    expect(heard.map(({ payload }) => Object.keys((payload as { joins: object }).joins)[0])).toEqual([..."abcd"]);
  });

  it("gives list's caller its error", async () => {
    const presence = definePresence<Meta, object>({ fetch: () => Promise.reject(new Error("no database")) });
    const { endpoint } = local(presence);
    await expect(presence.list(endpoint, TOPIC)).rejects.toThrow("no database");
  });

  it("puts a state between the diffs before and after it", async () => {
    const gates = [gate(), gate(), gate()];
    let calls = 0;
    const fetch = async (_topic: string, presences: PresenceState<Meta>): Promise<PresenceState<Meta>> => {
      await gates[calls++]?.passed;
      return presences;
    };
    const { url, presence, endpoint } = await startNode({ fetch } as object);
    const client = await FrameClient.open(url);
    client.send("1", "1", TOPIC, "phx_join", { key: "ada" });
    await vi.waitFor(() => expect(calls).toBe(2), SOON);
    presence.track(endpoint, TOPIC, "bob", {});
    for (const { open } of gates.toReversed()) open();
    const frames = [await told(client), await told(client), await told(client), await told(client)];
    expect(frames.map(({ event }) => event)).toEqual(["phx_reply", "presence_diff", "presence_state", "presence_diff"]);
    expect(Object.keys(frames[2]?.payload as object)).toEqual(["ada"]);
  });
});
