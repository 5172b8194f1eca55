/**
 * Another dialect of the wire: a serializer of its own, bad frames that are ignored, and rooms whose topic on the wire is
 * not that of PubSub, each member with a gate. Beside it, members that speak Phoenix's.
 */
import { DecodeError } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { MountOptions } from "../../src/index.ts";
import { WebSocket } from "ws";
import { once } from "node:events";
import { FrameClient } from "../integration/frame-client.ts";
import { Inbox } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";
import type { Served } from "../integration/serve.ts";
import { observe } from "../integration/telemetry.ts";

/** `event topic ref json`, separated by spaces. */
const toy: ServerCodec = {
  decode(frame) {
    const [event, topic, ref, ...json] = String(frame).split(" ");
    if (event === undefined || topic === undefined || ref === undefined) throw new DecodeError("not four words");
    return { joinRef: null, ref, topic, event, payload: JSON.parse(json.join(" ")) as unknown };
  },
  encodeMessage: (_joinRef, _ref, topic, event, payload) => `${event} ${topic} - ${JSON.stringify(payload)}`,
  encodeReply: (_joinRef, ref, topic, status, response) =>
    `${status} ${String(topic)} ${String(ref)} ${JSON.stringify(response)}`,
  encodeBroadcast: (topic, event, payload) => `${event} ${topic} - ${JSON.stringify(payload)}`,
};

/** A channel of the dialect: on the wire it is `toy:…`, in PubSub it is the room. */
const wireRoom = defineChannel("toy:{id}")
  .join((ctx, params) => {
    const { hides } = params as { hides?: string };
    ctx.fastlane(`room:${ctx.params.id}`, hides === undefined ? undefined : ({ event }) => event !== hides);
    return ok();
  })
  .handleIn("say", (ctx, payload) => {
    ctx.endpoint.broadcastUnchecked(`room:${ctx.params.id}`, "said", payload as object);
    return ok();
  })
  .handleIn("drop", (ctx) => {
    ctx.unsubscribe(`room:${ctx.params.id}`);
    return ok();
  });

const room = defineChannel("room:{id}")
  .join(() => ok())
  .handleIn("say", (ctx, payload) => {
    ctx.broadcast("said", payload as never);
    return ok();
  });

const socket = defineSocket({ connect: () => ok(), channels: [wireRoom, room], eventsPerSecond: 20 });
const dialect = {
  socket,
  serializer: (vsn: unknown) => (vsn === "toy" ? toy : undefined),
  badFrames: "ignore",
} satisfies MountOptions;

async function open(served: Served): Promise<{ write(text: string): void; inbox: Inbox<string>; socket: WebSocket }> {
  const client = new WebSocket(served.url("/toy/websocket", { vsn: "toy" }));
  const inbox = new Inbox<string>();
  client.on("message", (data: Buffer) => inbox.put(data.toString()));
  await once(client, "open");
  return { write: (text) => client.send(text), inbox, socket: client };
}

const served = (): Promise<Served> => serve({ "/toy": dialect, "/socket": socket });

describe("a mount with a dialect of its own", () => {
  it("shares rooms with Phoenix's clients, under another topic on the wire", async () => {
    const there = await served();
    const [ada, bob] = [await open(there), await FrameClient.open(there.url())];
    await bob.join("room:1");
    ada.write("phx_join toy:1 1 {}");
    expect(await ada.inbox.next()).toBe("ok toy:1 1 {}");
    bob.send("1", "2", "room:1", "say", { text: "from bob" });
    expect(await ada.inbox.next()).toBe('said toy:1 - {"text":"from bob"}');
    await bob.inbox.take(2); // his own, and the reply
    ada.write('say toy:1 2 {"text":"from ada"}');
    expect(await bob.next()).toEqual([null, null, "room:1", "said", { text: "from ada" }]);
    expect(await ada.inbox.take(2)).toEqual(['said toy:1 - {"text":"from ada"}', "ok toy:1 2 {}"]);
    ada.write("drop toy:1 3 {}");
    expect(await ada.inbox.next()).toBe("ok toy:1 3 {}");
    there.endpoint.broadcastUnchecked("room:1", "said", { n: 1 });
    ada.write("phx_leave toy:1 1 {}");
    expect(await ada.inbox.next()).toBe("ok toy:1 1 {}");
  });

  it("asks the gate of each member for each message", async () => {
    const there = await served();
    const [ada, bob] = [await open(there), await open(there)];
    ada.write('phx_join toy:1 1 {"hides":"secret"}');
    bob.write("phx_join toy:1 1 {}");
    await ada.inbox.next();
    await bob.inbox.next();
    for (const event of ["open", "secret", "open"]) there.endpoint.broadcastUnchecked("room:1", event, {});
    expect(await bob.inbox.take(3)).toEqual(["open toy:1 - {}", "secret toy:1 - {}", "open toy:1 - {}"]);
    expect(await ada.inbox.take(2)).toEqual(["open toy:1 - {}", "open toy:1 - {}"]);
  });

  it("ignores bad frames, told to telemetry; a flood of them is closed with 1008", async () => {
    const there = await served();
    const bad = observe("socket.bad_frame");
    const ada = await open(there);
    ada.write("nonsense");
    ada.write("phx_join toy:1 1 {}");
    expect(await ada.inbox.next()).toBe("ok toy:1 1 {}");
    expect(await bad.next()).toMatchObject({ path: "/toy", reason: "not four words", closing: false });
    for (let n = 0; n < 200; n++) ada.write("nonsense");
    expect((await once(ada.socket, "close"))[0]).toBe(1008);
  });

  it("refuses what its serializer does not know", async () => {
    const there = await served();
    await expect(FrameClient.open(there.url("/toy/websocket"))).rejects.toThrow("403");
  });

  it("takes no other policy for bad frames", async () => {
    await expect(serve({ "/toy": { socket, badFrames: "reply" as never } })).rejects.toThrow(
      'sockets["/toy"].badFrames is "reply": it must be "close" or "ignore".',
    );
  });
});
