/** Presences that a callback changes: its client is answered first, and then told, as by a real Phoenix. */
import { describe, expect, it } from "vitest";
import { defineChannel, ok, refuse, stop } from "../../src/index.ts";
import { definePresence } from "../../src/presence.ts";
import { Client, endpointOf, socketOf, turn } from "../delivery/client.ts";

const presence = definePresence<{ n?: number }>();
const wait = async (turns: number): Promise<void> => {
  for (let left = turns; left > 0; left--) await turn();
};

const room = defineChannel("room")
  .join((ctx, params) => {
    const { key } = params as { key?: string };
    const present = Object.keys(presence.list(ctx));
    if (key !== undefined) presence.track(ctx, key, {});
    return present.length > 5 ? refuse() : ok({ present });
  })
  .handleIn("one", (ctx, payload) => {
    const { key, n } = payload as { key: string; n: number };
    if (n === 1) presence.track(ctx, key, { n });
    else if (n > 1) presence.update(ctx, key, { n });
    else presence.untrack(ctx, key);
    return ok({ present: Object.keys(presence.list(ctx)) });
  })
  .handleIn("many", (ctx) => {
    presence.track(ctx, "a", {});
    ctx.push("between", {});
    presence.track(ctx, "b", {});
    presence.update(ctx, "a", { n: 2 });
    ctx.broadcast("broadcast", {});
    presence.untrack(ctx, "b");
    return ok();
  })
  .handleIn("async", async (ctx) => {
    presence.track(ctx, "slow", {});
    await wait(3);
    presence.update(ctx, "slow", { n: 2 });
    return ok();
  })
  .handleIn("state", (ctx) => {
    presence.track(ctx, "s", {});
    presence.pushState(ctx as never);
    return ok();
  })
  .handleIn("info", (ctx) => ctx.send("info"))
  .handleIn("stop", (ctx) => {
    presence.track(ctx, "last", {});
    return stop("normal", ok({ bye: true }));
  })
  .handleInfo((ctx) => {
    presence.track(ctx, "info", {});
    ctx.push("pushed", {});
  });
const socket = socketOf([room]);

/** What a client was told, in short: `ok`, `+a`, `-a`, `~a`. */
function short(client: Client): string[] {
  return client.received().map(({ event, payload }) => {
    const { status, joins, leaves } = payload as Record<string, object> & { status: string };
    if (event === "phx_reply") return status;
    if (event !== "presence_diff") return event;
    const [joined, left] = [Object.keys(joins ?? {}), Object.keys(leaves ?? {})];
    const both = joined.filter((key) => left.includes(key));
    return both.length > 0 ? `~${both.join()}` : joined.length > 0 ? `+${joined.join()}` : `-${left.join()}`;
  });
}

describe.each([1, 2] as const)("a V%i client", (vsn) => {
  async function two(): Promise<[Client, Client]> {
    const endpoint = endpointOf(socket, { presence: [presence] });
    const clients: [Client, Client] = [new Client(endpoint, socket, { vsn }), new Client(endpoint, socket, { vsn })];
    for (const client of clients) await client.join("room");
    return clients;
  }

  it("is answered before it is told of track, update and untrack; others are told at once", async () => {
    const [client, other] = await two();
    for (const [n, sign] of [
      [1, "+"],
      [2, "~"],
      [0, "-"],
    ] as const) {
      client.send("room", "one", { key: "a", n });
      await turn();
      expect(short(client)).toEqual(["ok", `${sign}a`]);
      expect(short(other)).toEqual([`${sign}a`]);
    }
  });

  it("gets the reply, and what else the callback sent, before all of its changes", async () => {
    const [client, other] = await two();
    client.send("room", "many");
    await turn();
    expect(short(client)).toEqual(["between", "broadcast", "ok", "+a", "+b", "~a", "-b"]);
    expect(short(other)).toEqual(["+a", "+b", "~a", "broadcast", "-b"]);
  });

  it("the same of an async callback, and of those behind it", async () => {
    const [client, other] = await two();
    client.send("room", "async");
    client.send("room", "one", { key: "a", n: 1 });
    await turn();
    expect(short(other)).toEqual(["+slow"]);
    await wait(6);
    expect(short(client)).toEqual(["ok", "+slow", "~slow", "ok", "+a"]);
    expect(short(other)).toEqual(["~slow", "+a"]);
  });

  it("of handleInfo, of a state in the middle, and of a last reply", async () => {
    const [client] = await two();
    client.send("room", "info");
    await turn();
    expect(short(client)).toEqual(["pushed", "+info"]);
    client.send("room", "state");
    await turn();
    expect(short(client)).toEqual(["+s", "presence_state", "ok"]);
    client.send("room", "stop");
    await turn();
    expect(short(client)).toEqual(["ok", "+last", "phx_close"]);
  });
});

describe("a channel that takes the place of another one", () => {
  it.each(["a second join", "leave and join in one write"])("does not see its predecessor: %s", async (how) => {
    const endpoint = endpointOf(socket, { presence: [presence] });
    const [client, other] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    await client.join("room", { key: "ada" });
    await other.join("room", {});
    client.received();
    if (how !== "a second join") client.send("room", "phx_leave");
    client.send("room", "phx_join", { key: "ada" }, "2");
    await turn();
    const received = client.received();
    const [reply] = received.filter(({ event, joinRef }) => event === "phx_reply" && joinRef === "2");
    expect(reply?.payload).toEqual({ status: "ok", response: { present: [] } });
    const diffs = received.filter(({ event }) => event === "presence_diff").map(({ payload }) => payload);
    expect(diffs).toMatchObject([{ joins: { ada: { metas: [{}] } }, leaves: {} }]);
    expect(short(other)).toEqual(["-ada", "+ada"]);
  });

  it("nor does one that joins in the same turn in which a connection has ended", async () => {
    const endpoint = endpointOf(socket, { presence: [presence] });
    const [gone, next] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    await gone.join("room", { key: "ada" });
    gone.connection.close(1000, "");
    await Promise.resolve();
    process.nextTick(() => next.send("room", "phx_join", { key: "bob" }));
    await turn();
    expect(next.received()[0]?.payload).toEqual({ status: "ok", response: { present: [] } });
  });
});
