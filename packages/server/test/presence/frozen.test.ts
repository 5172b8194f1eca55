/* oxlint-disable unicorn/no-thenable -- that is what some of it is about */
/** What a presence hands out is shared, and cannot be changed by those who get it. */
import { describe, expect, it } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { definePresence } from "../../src/presence.ts";
import { observe } from "../integration/telemetry.ts";

interface Meta {
  readonly device: string;
  readonly place: { city: string; tags: string[] };
}
const meta = (): Meta => ({ device: "phone", place: { city: "Oslo", tags: ["a"] } });
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`) as object;

const socket = defineSocket({ connect: () => ok(), channels: [defineChannel("room").join(() => ok())] });

describe("a meta", () => {
  it("stays as it was tracked, whoever has read it and whatever the application does with its own", () => {
    const presence = definePresence<Meta>();
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    const own = meta();
    presence.track(endpoint, "room", "ada", own);
    own.place.tags.push("b");
    const lists = [
      () => presence.list(endpoint, "room")["ada"]?.metas[0],
      () => presence.getByKey(endpoint, "room", "ada")?.metas[0],
    ];
    for (const read of lists) {
      expect(() => read()?.place.tags.push("c")).toThrow(TypeError);
      expect(() => Object.assign(read()?.place ?? {}, { city: "Rome" })).toThrow(TypeError);
    }
    presence.update(endpoint, "room", "ada", (before) => {
      expect(() => before.place.tags.push("d")).toThrow(TypeError);
      return { ...before, device: "laptop" };
    });
    Object.assign(presence.list(endpoint, "room"), { bob: { metas: [] } });
    const list = presence.list(endpoint, "room");
    expect(Object.keys(list)).toEqual(["ada"]);
    expect(list["ada"]?.metas).toMatchObject([{ device: "laptop", place: { city: "Oslo", tags: ["a"] } }]);
  });

  it("has at most 64 levels, and is not a promise", () => {
    const presence = definePresence<object>();
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    presence.track(endpoint, "room", "flat", nested(64));
    const limit = expect.objectContaining({ code: "WB_PRESENCE_LIMIT" }) as Error;
    expect(() => presence.track(endpoint, "room", "deep", nested(65))).toThrow(limit);
    expect(() => presence.track(endpoint, "room", "deep", nested(1_100))).toThrow(limit);
    expect(() => presence.update(endpoint, "room", "flat", async () => ({}))).toThrow(limit);
    expect(Object.keys(presence.list(endpoint, "room"))).toEqual(["flat"]);
  });
});

describe("callbacks of a presence", () => {
  it("may return any thenable: a lazy one is run", async () => {
    const log: string[] = [];
    const failed = observe("presence.callback_failed");
    const lazy = (name: string, run: () => unknown): PromiseLike<never> => ({
      then(...callbacks) {
        log.push(name);
        return Promise.resolve(run() as never).then(...callbacks);
      },
    });
    const presence = definePresence<object, object>({
      handleMetas: () => lazy("handleMetas", () => undefined),
      fetch: (_topic, presences) => lazy("fetch", () => presences),
    });
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    presence.track(endpoint, "room", "ada", {});
    await expect.poll(() => log).toEqual(["fetch", "handleMetas"]);
    await presence.list(endpoint, "room");
    expect(log).toEqual(["fetch", "handleMetas", "fetch"]);
    expect(failed.rest).toEqual([]);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("told to"))],
    [
      "throws in then",
      () => ({
        then() {
          throw new Error("told to");
        },
      }),
    ],
    [
      "has a then that cannot be read",
      () => ({
        get then(): never {
          throw new Error("told to");
        },
      }),
    ],
  ])("a handleMetas that %s is reported", async (_how, handleMetas) => {
    const failed = observe("presence.callback_failed");
    const presence = definePresence({ name: "p", handleMetas: handleMetas as () => Promise<never> });
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    presence.track(endpoint, "room", "ada", {});
    expect(await failed.next()).toMatchObject({ name: "p", topic: "room", error: { message: "told to" } });
  });

  it("an async countOnly is refused: it would be true for every topic", async () => {
    const failed = observe("presence.callback_failed");
    const presence = definePresence({ countOnly: (async () => false) as unknown as () => boolean });
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    const events: string[] = [];
    endpoint.subscribe("room", ({ event }) => events.push(event));
    presence.track(endpoint, "room", "ada", {});
    expect(events).toEqual(["presence_diff"]);
    expect((await failed.next()).error).toMatchObject({ code: "WB_BAD_RETURN" });
  });

  it("a fetch that fails half-way leaves nothing of what it has done", async () => {
    const presence = definePresence<object, object>({
      fetch: (_topic, presences) => {
        for (const key of Object.keys(presences)) delete (presences as Record<string, unknown>)[key];
        throw new Error("told to");
      },
    });
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
    const payloads: unknown[] = [];
    endpoint.subscribe("room", ({ payload }) => payloads.push(payload));
    presence.track(endpoint, "room", "ada", {});
    expect(payloads).toMatchObject([{ joins: { ada: { metas: [{}] } }, leaves: {} }]);
  });
});
