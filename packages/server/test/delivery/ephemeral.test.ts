/** `.ephemeral`: who may say what of whom, who is told, how often, and when it is over. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createEndpoint, defineChannel, defineSocket, ok, stop } from "../../src/index.ts";
import { SlowClient, record, turn } from "../slow-clients/slow-client.ts";

const User = z.object({ user: z.string() });

const room = defineChannel("room:{id}")
  .assigns<{ user?: string; muted?: boolean }>()
  .pushes<{ said: { body: string } }>()
  .ephemeral("cursor", z.object({ x: z.number() }), {
    key: (ctx) => ctx.assigns.user ?? "",
    allow: (ctx) => ctx.assigns.muted !== true,
    expires: 10_000,
  })
  .ephemeral("mark", { key: (ctx) => ctx.assigns.user ?? "" })
  .history()
  .join(User, (ctx, { user }) => {
    ctx.assign({ user });
    return ok();
  })
  .handleIn("rename", User, (ctx, { user }) => ctx.assign({ user }))
  .handleIn("mute", (ctx) => ctx.assign({ muted: true }))
  .handleIn("end", () => stop())
  .handleIn("crash", () => {
    throw new Error("as asked for");
  });

/** One that does not show everybody to its clients. */
const picky = defineChannel("picky")
  .ephemeral("cursor", { key: (ctx) => String(ctx.params) && "eve" })
  .join(() => ok())
  .handleOut("cursor", () => {});

const socket = defineSocket({ connect: () => ok(), channels: [room, picky] });

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** Clients of these users in one room, each on a connection of its own. */
async function inRoom(...users: string[]) {
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  const join = async (user: string, topic = "room:1") => {
    const client = new SlowClient(socket, {}, endpoint);
    client.send("phx_join", { user }, "1", topic, "1");
    await turn();
    client.read();
    return client;
  };
  const clients: SlowClient[] = [];
  for (const user of users) clients.push(await join(user));
  return { join, clients: clients as [SlowClient, SlowClient, SlowClient] };
}

/** The server has handled all that was sent, and so much time has passed. */
async function passed(ms = 0): Promise<void> {
  await turn();
  await vi.advanceTimersByTimeAsync(ms);
  await turn();
}

describe("a value", () => {
  it("is sent to the others, with the key that the server says", async () => {
    const { clients } = await inRoom("ann", "bob", "eve");
    const [ann, bob, eve] = clients;
    eve.send("cursor", { key: "ann", value: { x: 1, key: "ann" } });
    await passed();
    expect([ann.read(), bob.read(), eve.read()]).toEqual([
      ['cursor {"key":"eve","value":{"x":1}}'],
      ['cursor {"key":"eve","value":{"x":1}}'],
      [],
    ]);
  });

  it("is the newest of what one client sends within 50 ms", async () => {
    const { clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    for (let x = 1; x <= 5; x++) ann.send("cursor", { value: { x } });
    await passed(49);
    expect(bob.read()).toEqual(['cursor {"key":"ann","value":{"x":1}}']);
    await passed(1);
    expect(bob.read()).toEqual(['cursor {"key":"ann","value":{"x":5}}']);
    await passed(50);
    expect(bob.read()).toEqual([]);
    ann.send("cursor", { value: { x: 6 } });
    ann.send("cursor", { value: null });
    ann.send("cursor", { value: { x: 7 } });
    ann.send("cursor", { value: null });
    await passed(50);
    expect(bob.read()).toEqual(['cursor {"key":"ann","value":{"x":6}}', 'cursor {"key":"ann","value":null}']);
  });

  it("that the schema refuses, that is too large or not allowed, is refused; an own one can always be cleared", async () => {
    const { clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    ann.send("cursor", { value: { x: 1 } });
    ann.send("cursor", { value: { x: "1" } }, "2");
    ann.send("cursor", 7, "3");
    ann.send("mark", { value: "a".repeat(1_023) }, "4");
    ann.send("mark", { value: "a".repeat(1_022) }, "5");
    ann.send("mute");
    ann.send("cursor", { value: { x: 2 } }, "6");
    ann.send("cursor", { value: null }, "7");
    await passed(50);
    expect(ann.read().map((reply) => /"(?:reason|message)":"[^"]*"|"ok".*/.exec(reply)?.[0])).toEqual([
      '"reason":"invalid payload"',
      '"reason":"invalid payload"',
      '"reason":"value too large"',
      '"ok","response":{}}',
      '"reason":"not allowed"',
      '"ok","response":{}}',
    ]);
    expect(bob.read()).toEqual([
      'cursor {"key":"ann","value":{"x":1}}',
      `mark {"key":"ann","value":"${"a".repeat(1_022)}"}`,
      'cursor {"key":"ann","value":null}',
    ]);
  });

  it.each(["phx_leave", "end", "crash", "the connection"])("is over when the channel ends: %s", async (how) => {
    const { clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    ann.send("cursor", { value: { x: 1 } });
    ann.send("cursor", { value: { x: 2 } });
    await passed();
    if (how === "the connection") ann.connection.close();
    else ann.send(how, {}, "9");
    await passed(1_000);
    expect(bob.read()).toEqual(['cursor {"key":"ann","value":{"x":1}}', 'cursor {"key":"ann","value":null}']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("of a client that has become somebody else is not two", async () => {
    const { clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    ann.send("cursor", { value: { x: 1 } });
    ann.send("rename", { user: "anna" });
    await passed(50);
    ann.send("cursor", { value: { x: 2 } });
    await passed();
    expect(bob.read()).toEqual([
      'cursor {"key":"ann","value":{"x":1}}',
      'cursor {"key":"ann","value":null}',
      'cursor {"key":"anna","value":{"x":2}}',
    ]);
  });

  it("is the newest of each key for a client that is behind", async () => {
    const { clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    ann.send("cursor", { value: { x: 0 } });
    await passed(501); // the mark that came with it was not read
    for (let x = 1; x <= 5; x++) {
      ann.send("cursor", { value: { x } });
      await passed(50);
    }
    expect(await bob.catchUp()).toEqual([
      'cursor {"key":"ann","value":{"x":0}}',
      'cursor {"key":"ann","value":{"x":5}}',
    ]);
  });
});

describe("a newcomer", () => {
  it("that asks is told the values of the others that are there", async () => {
    const { join, clients } = await inRoom("ann", "bob", "eve");
    const [ann, bob, eve] = clients;
    for (const [client, x] of [
      [ann, 1],
      [bob, 2],
      [eve, 3],
      [ann, 4],
    ] as const) {
      client.send("cursor", { value: { x } });
      await passed(50);
    }
    eve.send("cursor", { value: null });
    await passed();
    const dan = await join("dan");
    const elsewhere = await join("dan", "room:2");
    dan.send("cursor", { value: { x: 5 } });
    dan.send("cursor", {});
    elsewhere.send("cursor", {}, null, "room:2");
    await passed();
    expect(dan.read()).toEqual(['cursor {"key":"bob","value":{"x":2}}', 'cursor {"key":"ann","value":{"x":4}}']);
    expect(elsewhere.read()).toEqual([]);
  });

  it("is told once in a second, and nothing that was not renewed", async () => {
    const { join, clients } = await inRoom("ann", "bob");
    const [ann, bob] = clients;
    ann.send("cursor", { value: { x: 1 } });
    await passed(6_000);
    bob.send("cursor", { value: { x: 2 } });
    await passed(3_999);
    const dan = await join("dan");
    dan.send("cursor", {});
    dan.send("cursor", {});
    await passed();
    expect(dan.read()).toHaveLength(2);
    await passed(1_000);
    dan.send("cursor", {});
    await passed();
    expect(dan.read()).toEqual(['cursor {"key":"bob","value":{"x":2}}']);
  });

  it("is told at most 1,000 values, the newest", async () => {
    const { join } = await inRoom();
    for (let n = 0; n <= 1_000; n++) (await join(`user ${n}`)).send("mark", { value: n });
    await passed();
    const ann = await join("ann");
    ann.send("mark", {});
    await passed();
    const told = ann.read();
    expect([told.length, told[0], told.at(-1)]).toEqual([
      1_000,
      'mark {"key":"user 1","value":1}',
      'mark {"key":"user 1000","value":1000}',
    ]);
  });

  it("is told through handleOut, as of a broadcast", async () => {
    const { join } = await inRoom();
    const eve = await join("eve", "picky");
    eve.send("cursor", { value: 1 }, null, "picky");
    const ann = await join("ann", "picky");
    ann.send("cursor", {}, null, "picky");
    await passed();
    expect(ann.read()).toEqual([]);
  });
});

describe("declarations", () => {
  const key = () => "";
  const declared = (options: object, event = "cursor") =>
    defineChannel("a").ephemeral(event, options as { key: typeof key });
  it.each([
    [{}, "needs a function as key"],
    [{ key, evry: 1 }, "evry"],
    [{ key, every: -1 }, "every"],
    [{ key, maxValueSize: 0.5 }, "maxValueSize"],
  ])("with %o are refused", (options, message) => {
    expect(() => declared(options)).toThrow(message);
  });

  it("have one handler for each name, which is no pattern, and come after pushes", () => {
    expect(() => declared({ key }, "cursor:*")).toThrow("needs a name");
    expect(() => declared({ key }).handleIn("cursor", () => {})).toThrow("keep one of them");
    expect(() => declared({ key }).pushes<{ a: object }>()).toThrow("swap them");
  });

  it("whose key is none crash the channel, and say so", async () => {
    const crashes = record("channel.crashed");
    const broken = defineSocket({
      connect: () => ok(),
      channels: [
        defineChannel("room:1")
          .ephemeral("cursor", { key: () => undefined as never })
          .join(() => ok()),
      ],
    });
    const client = new SlowClient(broken);
    await client.join();
    client.send("cursor", { value: 1 });
    await passed();
    expect(client.read()).toEqual(['phx_error {"reason":"channel_crash"}']);
    expect(String(crashes[0]?.error)).toContain('key of ephemeral("cursor") returned undefined');
  });
});
