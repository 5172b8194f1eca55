/** One order per client: what it is sent in which order, where `handleOut` takes part in it. */
import { describe, expect, it } from "vitest";
import { defineChannel, ok, stop } from "../../src/index.ts";
import type { ReplyRef } from "../../src/index.ts";
import { gate } from "../integration/inbox.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

const wait = async (turns: number): Promise<void> => {
  for (let left = turns; left > 0; left--) await turn();
};

/** How `handleOut` takes its time. */
const WAYS: readonly (readonly [string, () => void | Promise<void>])[] = [
  ["sync", () => {}],
  ["async", () => turn()],
];

describe.each(WAYS)("with a handleOut that is %s", (_way, pause) => {
  const room = defineChannel("room")
    .join(() => ok())
    .handleOut("first", async (ctx, payload) => {
      const pausing = pause();
      if (pausing !== undefined) await pausing;
      ctx.push("first", payload);
    })
    .handleIn("all", (ctx) => {
      ctx.broadcast("first", { n: 1 });
      ctx.push("second", {});
      ctx.broadcast("third", {});
      return ok({ n: 4 });
    })
    .handleIn("from", (ctx) => {
      ctx.broadcastFrom("first", { n: 1 });
      return ok();
    })
    .handleIn("end", (ctx) => {
      ctx.broadcast("first", { n: 1 });
      ctx.push("second", {});
      return stop("normal", ok({ bye: true }));
    });

  it("broadcasts arrive in the order in which they were sent", async () => {
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    for (let n = 0; n < 3; n++) {
      endpoint.broadcast("room", "first", { n });
      endpoint.broadcast("room", "second", { n });
    }
    await wait(8);
    expect(client.told()).toEqual([0, 1, 2].flatMap((n) => [`first {"n":${n}}`, `second {"n":${n}}`]));
    endpoint.broadcast("room", "second", {});
    expect(client.told()).toEqual(["second {}"]);
  });

  it("a handler's broadcast, push and reply arrive as sent", async () => {
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const [client, other] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    await client.join("room");
    await other.join("room");
    client.send("room", "all");
    await wait(4);
    expect(client.told()).toEqual(['first {"n":1}', "second {}", "third {}", 'ok {"n":4}']);
    expect(other.told()).toEqual(['first {"n":1}', "third {}"]);
    client.send("room", "from");
    await wait(4);
    expect(client.told()).toEqual(["ok {}"]);
    expect(other.told()).toEqual(['first {"n":1}']);
  });

  it("what waits when the channel ends is sent before phx_close", async () => {
    const socket = socketOf([room]);
    const client = new Client(endpointOf(socket), socket);
    await client.join("room");
    client.send("room", "end");
    await wait(4);
    expect(client.told()).toEqual(["second {}", 'ok {"bye":true}', "phx_close {}"]);
  });
});

describe("while a handleOut is under way", () => {
  it("its pushes and broadcasts take its place; those of others, and replies of the channel, come behind it", async () => {
    const { passed, open } = gate();
    const room = defineChannel("room")
      .join(() => ok())
      .handleOut("secret", async (ctx) => {
        ctx.push("begun", {});
        ctx.broadcast("own", {});
        await passed;
        ctx.push("done", {});
      })
      .handleIn("echo", () => ok({ echo: true }));
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    endpoint.broadcast("room", "secret", {});
    await turn();
    client.send("room", "echo");
    endpoint.broadcast("room", "other", {});
    await turn();
    expect(client.told()).toEqual(["begun {}", "own {}"]);
    open();
    await turn();
    expect(client.told()).toEqual(["done {}", "other {}", 'ok {"echo":true}']);
  });

  it("an intercepted broadcast of its own comes behind it, and what it pushes then behind that", async () => {
    const room = defineChannel("room")
      .join(() => ok())
      .handleOut("a", (ctx) => {
        ctx.push("a", {});
        ctx.broadcast("b", {});
        ctx.push("behind b", {});
      })
      .handleOut("b", (ctx) => ctx.push("b", {}));
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    endpoint.broadcast("room", "a", {});
    endpoint.broadcast("room", "c", {});
    await turn();
    expect(client.told()).toEqual(["a {}", "c {}", "b {}", "behind b {}"]);
  });

  it("one that throws lets what is behind it out, and then phx_error", async () => {
    const room = defineChannel("room")
      .join(() => ok())
      .handleOut("bad", () => Promise.reject(new Error("told to")));
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    endpoint.broadcast("room", "bad", {});
    endpoint.broadcast("room", "good", {});
    await turn();
    expect(client.told()).toEqual(["good {}", 'phx_error {"reason":"channel_crash"}']);
  });
});

describe("while a handler is under way", () => {
  it("broadcasts that nobody intercepts go straight out; behind one that is intercepted they wait, in order", async () => {
    const { passed, open } = gate();
    let later: ReplyRef | undefined;
    const room = defineChannel("room")
      .join(() => ok())
      .handleOut("secret", (ctx) => ctx.push("secret", {}))
      .handleIn("work", async (ctx) => {
        later = ctx.socketRef();
        await passed;
        ctx.push("worked", {});
      });
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    client.send("room", "work");
    await turn();
    endpoint.broadcast("room", "open", { n: 1 });
    expect(client.told()).toEqual(['open {"n":1}']);
    endpoint.broadcast("room", "secret", {});
    endpoint.broadcast("room", "open", { n: 2 });
    later?.reply(ok({ n: 3 }));
    await turn();
    expect(client.told()).toEqual([]);
    open();
    await turn();
    expect(client.told()).toEqual(["secret {}", 'open {"n":2}', 'ok {"n":3}', "worked {}"]);
  });

  it("more than may wait behind an intercepted broadcast is dropped and told; the channel lives", async () => {
    const dropped = observe("channel.dropped");
    const { passed, open } = gate();
    const room = defineChannel("room")
      .join(() => ok())
      .handleOut("secret", () => passed);
    const plain = defineChannel("room").join(() => ok());
    const socket = socketOf([room], { maxMailboxBytes: 1_000_000 });
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    const other = new Client(endpoint, socketOf([plain]));
    await client.join("room");
    await other.join("room");
    endpoint.broadcast("room", "secret", {});
    for (let n = 0; n < 5; n++) endpoint.broadcast("room", "open", { n, text: "x".repeat(300_000) });
    await turn();
    expect(client.received()).toEqual([]);
    expect(await dropped.next()).toMatchObject({ topic: "room", event: "open", count: 1 });
    open();
    await turn();
    expect(client.received().map(({ event }) => event)).toEqual(["open", "open", "open", "open"]);
    expect(other.received()).toHaveLength(6);
    endpoint.broadcast("room", "open", {});
    expect(client.received()).toHaveLength(1);
  });
});
