/** What the WebSocket transport refuses, and with which close code. Frames are written byte by byte. */
import { describe, expect, it } from "vitest";
import { FrameClient } from "./frame-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { closeBytes, frameBytes, Opcode, TcpClient } from "./tcp-client.ts";
import { observe } from "./telemetry.ts";

/** A heartbeat of exactly so many bytes. */
const heartbeatOf = (size: number): string => {
  const text = (pad: string): string => JSON.stringify([null, "1", "phoenix", "heartbeat", { pad }]);
  return text("x".repeat(size - text("").length));
};

const open = async (websocket: object = {}): Promise<TcpClient> => {
  const { port } = await serve({ "/socket": { socket: userSocket(), websocket } });
  return TcpClient.open(port);
};

describe("idle timeout", () => {
  it("closes a client that sends nothing with 1002; a ping counts as data [limit: websocket.timeout]", async () => {
    const { port } = await serve({ "/socket": { socket: userSocket(), websocket: { timeout: 400 } } });
    const [pinging, silent] = [await TcpClient.open(port), await TcpClient.open(port)];
    const timer = setInterval(() => pinging.write(frameBytes(Opcode.ping, "still here")), 40);
    expect(await silent.closed).toEqual({ code: 1002, reason: "nothing received for 400 ms" });
    expect((await pinging.inbox.next()).opcode).toBe(Opcode.pong);
    pinging.send(null, "1", "phoenix", "heartbeat", {});
    while ((await pinging.inbox.next()).opcode !== Opcode.text);
    clearInterval(timer);
    expect((await pinging.closed).code).toBe(1002);
  });

  it("does not count what the server sends", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), websocket: { timeout: 200 } } });
    const client = await FrameClient.open(served.url());
    await client.join("room:1");
    const timer = setInterval(() => served.endpoint.broadcast("room:1", "news", {}), 20);
    expect((await client.closed).code).toBe(1002);
    clearInterval(timer);
  });
});

describe("frame size", () => {
  it.each([
    ["short", 120, 6],
    ["medium", 1_000, 8],
    ["long", 70_000, 14],
  ])(
    "counts the frame header: a %s frame of exactly the limit passes, one more byte is 1009",
    async (_, limit, header) => {
      const client = await open({ maxFrameSize: limit });
      client.text(heartbeatOf(limit - header));
      expect(await client.next()).toEqual([null, "1", "phoenix", "phx_reply", { status: "ok", response: {} }]);
      client.text(heartbeatOf(limit - header + 1));
      expect((await client.closed).code).toBe(1009);
    },
  );

  it("counts all fragments of a message together", async () => {
    const client = await open({ maxFrameSize: 1_000 });
    const text = heartbeatOf(900);
    client.write(frameBytes(Opcode.text, text.slice(0, 500), { fin: false }));
    client.write(frameBytes(Opcode.continuation, text.slice(500)));
    expect(await client.next()).toMatchObject({ 3: "phx_reply" });
    client.write(frameBytes(Opcode.text, "x".repeat(600), { fin: false }));
    client.write(frameBytes(Opcode.continuation, "x".repeat(600), { fin: false }));
    expect((await client.closed).code).toBe(1009);
  });

  it("closes a message of more than 1,024 fragments with 1008 [limit: fragments]", async () => {
    const client = await open();
    const fragments = Array.from({ length: 1_025 }, (_, n) =>
      frameBytes(n === 0 ? Opcode.text : Opcode.continuation, " ", { fin: false }),
    );
    client.write(Buffer.concat(fragments));
    expect((await client.closed).code).toBe(1008);
  });

  it("takes 1,000,000 bytes by default [limit: websocket.maxFrameSize]", async () => {
    const client = await open();
    client.text(heartbeatOf(1_000_000 - 14));
    expect(await client.next()).toMatchObject({ 3: "phx_reply" });
    client.text(heartbeatOf(1_000_000 - 13));
    expect((await client.closed).code).toBe(1009);
  });
});

describe("broken frames", () => {
  const unmasked = frameBytes(Opcode.text, heartbeatOf(60), { masked: false });
  const reservedBit = frameBytes(Opcode.text, heartbeatOf(60));
  reservedBit[0] = 0xc1;
  const cases: [string, Buffer, number][] = [
    ["text that is not UTF-8", frameBytes(Opcode.text, Buffer.from([0x5b, 0xff, 0xfe, 0x5d])), 1007],
    ["an unmasked frame", unmasked, 1002],
    ["a reserved bit", reservedBit, 1002],
    ["an unknown opcode", frameBytes(3, "x"), 1002],
    ["a continuation of nothing", frameBytes(Opcode.continuation, "x"), 1002],
    ["a fragmented ping", frameBytes(Opcode.ping, "x", { fin: false }), 1002],
    ["a ping of 126 bytes", frameBytes(Opcode.ping, "x".repeat(126)), 1002],
    ["a close frame of one byte", frameBytes(Opcode.close, "x"), 1002],
    ["a close frame with a code that is none", closeBytes(1005), 1002],
    ["a close frame whose reason is not UTF-8", frameBytes(Opcode.close, Buffer.from([0x03, 0xe8, 0xff])), 1007],
  ];
  it.each(cases)("%s is closed with its code", async (_, bytes, code) => {
    const client = await open();
    client.write(bytes);
    expect((await client.closed).code).toBe(code);
  });
});

describe("frames that are no messages", () => {
  it.each([
    ["not JSON", "{", "frame is not valid JSON"],
    ["an object in V2", '{"topic":"t"}', "V2 frame is not a JSON array (for objects, connect with vsn=1.0.0)"],
    ["four elements", '["1","1","t","e"]', "V2 frame has 4 elements, at least 5 are needed"],
    ["a lone surrogate", '["1","1","t","e",{"a":"\\ud800"}]', "frame has a lone surrogate in a string"],
    ["an empty frame", "", "frame is not valid JSON"],
  ])("%s closes with 1011 and says why", async (_, text, reason) => {
    const client = await open();
    const bad = observe("socket.bad_frame");
    client.text(text);
    expect(await client.closed).toEqual({ code: 1011, reason });
    expect(await bad.next()).toMatchObject({ reason, path: "/socket", id: null });
  });

  it.each([
    ["of an unknown kind", Buffer.from([9, 1, 2, 3]), "binary frame of kind 9: a client sends kind 0 only"],
    ["that is too short", Buffer.from([0, 200, 1, 1, 1, 1]), "binary frame is shorter than its header says"],
    ["that is empty", Buffer.alloc(0), "binary frame of kind (empty): a client sends kind 0 only"],
  ])("a binary frame %s closes with 1011 and says why", async (_, bytes, reason) => {
    const client = await open();
    client.write(frameBytes(Opcode.binary, bytes));
    expect(await client.closed).toEqual({ code: 1011, reason });
  });

  it("a V1 object without a key closes with 1011 and names the key", async () => {
    const { port } = await serve({ "/socket": userSocket() });
    const client = await TcpClient.open(port, "/socket/websocket");
    client.text('{"topic":"t","event":"e","payload":{}}');
    expect(await client.closed).toEqual({ code: 1011, reason: 'V1 frame has no "ref"' });
  });

  it("ends the channels of the connection, and nobody else's", async () => {
    const served = await serve({ "/socket": userSocket() });
    const [bad, good] = [await FrameClient.open(served.url()), await FrameClient.open(served.url())];
    const terminated = observe("channel.terminated");
    await Promise.all([bad.join("room:1"), good.join("room:1")]);
    bad.socket.send("{");
    expect((await bad.closed).code).toBe(1011);
    expect(await terminated.next()).toMatchObject({ topic: "room:1", reason: "closed" });
    expect(await good.call("room:1", "echo", { still: "here" })).toEqual({ status: "ok", response: { still: "here" } });
  });
});

describe("close frames of a client", () => {
  it.each([1000, 1001, 1011, 3000, 4999])("code %i is answered with 1000", async (code) => {
    const client = await open();
    const closes = observe("socket.closed");
    client.write(closeBytes(code, "bye"));
    expect(await client.closed).toEqual({ code: 1000, reason: "" });
    expect(await closes.next()).toMatchObject({ code, reason: "bye" });
  });

  it("no code is answered with 1000", async () => {
    const client = await open();
    client.write(frameBytes(Opcode.close, ""));
    expect((await client.closed).code).toBe(1000);
  });

  it("a connection that is cut ends its channels with closed", async () => {
    const { port, endpoint } = await serve({ "/socket": userSocket() });
    const terminated = observe("channel.terminated");
    const closes = observe("socket.closed");
    const client = await TcpClient.open(port);
    client.send("1", "1", "room:1", "phx_join", {});
    await client.next();
    client.drop();
    expect(await terminated.next()).toMatchObject({ topic: "room:1", reason: "closed" });
    expect(await closes.next()).toMatchObject({ code: 1006 });
    expect(endpoint.pubsub.size.subscriptions).toBe(0);
  });
});

describe("fragments and pings", () => {
  it("reads a message in three fragments with a ping between them", async () => {
    const client = await open();
    const text = heartbeatOf(90);
    client.write(frameBytes(Opcode.text, text.slice(0, 30), { fin: false }));
    client.write(frameBytes(Opcode.ping, "p"));
    client.write(frameBytes(Opcode.continuation, text.slice(30, 60), { fin: false }));
    client.write(frameBytes(Opcode.continuation, text.slice(60)));
    expect(await client.inbox.next()).toMatchObject({ opcode: Opcode.pong, payload: Buffer.from("p") });
    expect(await client.next()).toMatchObject({ 3: "phx_reply" });
  });

  it("reads a frame that comes byte by byte", async () => {
    const client = await open();
    for (const byte of frameBytes(Opcode.text, heartbeatOf(60))) client.write(Buffer.from([byte]));
    expect(await client.next()).toMatchObject({ 3: "phx_reply" });
  });
});
