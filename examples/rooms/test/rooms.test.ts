/** Seed 004, line by line: S4-.. are the numbers of what it shows. */
import { startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import type { Socket } from "phoenix";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, handshake, Seat } from "../../site/test/visitor.ts";
import type { Message } from "../src/message.ts";
import { rooms } from "../src/server.ts";

let site: Site;
const mount = (): string => `ws://127.0.0.1:${site.port}/ws`;
const connectAs = (uid: string): Socket => connect(mount(), { uid });

/** Joins a room. */
async function enter(uid: string, room: string, params: object = {}): Promise<Seat> {
  const seat = new Seat(connectAs(uid), `rooms:${room}`, params);
  expect((await seat.join()).status).toBe("ok");
  await seat.rest();
  return seat;
}

async function superadmin(): Promise<Seat> {
  const seat = new Seat(connectAs("root"), "rooms:superadmin", { pass: "open sesame" });
  expect(await seat.join()).toEqual({ status: "ok", response: {} });
  return seat;
}

const ignore = (seat: Seat, user_id: string) => seat.push("ignore:user", { user_id, ignored: true });

const post = (path: string, body: string, type = "application/json"): Promise<Response> =>
  fetch(`http://127.0.0.1:${site.port}${path}`, { method: "POST", headers: { "content-type": type }, body });

beforeEach(async () => {
  site = await startSite({ examples: { "/": rooms() }, port: 0, logger: false });
});
afterEach(() => site.close());

describe("topics and routes", () => {
  it("S4-03: mounts the socket on /ws, and refuses who has no name", async () => {
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0&uid=ada`)).toBe(101);
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0`)).toBe(403);
  });

  it("S4-02, S4-04, S4-05: the lobby is special, any other room is its number", async () => {
    const socket = connectAs("ada");
    const [lobby, twelve] = [new Seat(socket, "rooms:lobby"), new Seat(socket, "rooms:12")];
    expect(await twelve.join()).toEqual({ status: "ok", response: { messages: [] } });
    twelve.channel.push("new:msg", { body: "hello" });
    expect(await twelve.nextOf<Message>("new:msg")).toMatchObject({ room: "12" });
    expect(await lobby.join()).toEqual({ status: "ok", response: { messages: [], rooms: ["12"] } });
    expect(site.endpoint.connections).toBe(1);
  });

  it("S4-01: messages stay in their room", async () => {
    const [twelve, thirteen] = [await enter("ada", "12"), await enter("grace", "13")];
    twelve.channel.push("new:msg", { body: "for twelve" });
    await twelve.nextOf("new:msg");
    expect(await thirteen.rest()).toEqual([]);
  });

  it.each(["0", "1000", "attic", "12 "])("refuses an unknown room: %j", async (room) => {
    const seat = new Seat(connectAs("ada"), `rooms:${room}`);
    expect(await seat.join()).toEqual({ status: "error", response: { reason: "unknown room" } });
    seat.channel.leave();
  });
});

describe("authorisation", () => {
  it("S4-06, S4-07: refuses events on a topic that is not joined, and delivers nothing of it", async () => {
    const socket = connectAs("ada");
    const seat = new Seat(socket, "rooms:12");
    const reply = new Promise<unknown>((resolve) => socket.onMessage(resolve));
    const push = { topic: "rooms:12", event: "new:msg", payload: { body: "hello" }, ref: "1", join_ref: null };
    socket.push(push);
    expect(await reply).toMatchObject({ payload: { status: "error", response: { reason: "unmatched topic" } } });
    site.endpoint.broadcast("rooms:12", "user:left", { user_id: "grace" });
    await enter("ada", "13");
    expect(seat.waiting).toEqual([]);
  });

  it("S4-08, S4-09, S4-10: the superadmin room wants its pass with the join", async () => {
    const without = new Seat(connectAs("ada"), "rooms:superadmin");
    expect(await without.join()).toEqual({
      status: "error",
      response: { reason: "This pass does not open the superadmin room." },
    });
    without.channel.leave();
    await superadmin();
  });
});

describe("events from the client", () => {
  it("S4-12, S4-14, S4-38: new:msg goes to the room with the sender's own uid, and is not answered", async () => {
    const [ada, grace] = [await enter("ada", "12"), await enter("grace", "12")];
    const answers: unknown[] = [];
    ada.channel.push("new:msg", { uid: "somebody else", body: "hello" }).receive("ok", (reply) => answers.push(reply));
    expect(await grace.nextOf("new:msg")).toMatchObject({ room: "12", uid: "ada", body: "hello" });
    await ada.rest();
    expect(answers).toEqual([]);
  });

  it("S4-16, S4-36: current:rank is answered to the one who asks, as an event and as a reply", async () => {
    const [ada, grace] = [await enter("ada", "12"), await enter("grace", "12")];
    ada.channel.push("new:msg", { body: "a point" });
    await grace.nextOf("new:msg");
    expect(await grace.push("current:rank", {})).toEqual({ status: "ok", response: { val: 2 } });
    expect(await ada.push("current:rank", {})).toEqual({ status: "ok", response: { val: 1 } });
    expect((await grace.rest()).filter(([event]) => event === "current:rank")).toEqual([["current:rank", { val: 2 }]]);
    expect(await ada.nextOf("current:rank")).toEqual({ val: 1 });
  });

  it("S4-13: what a handler assigns, the next one of the same channel sees, and no other channel", async () => {
    const socket = connectAs("ada");
    const [twelve, thirteen] = [new Seat(socket, "rooms:12"), new Seat(socket, "rooms:13")];
    await Promise.all([twelve.join(), thirteen.join()]);
    expect((await ignore(twelve, "grace")).response).toEqual({ ignoring: ["grace"] });
    expect((await ignore(twelve, "linus")).response).toEqual({ ignoring: ["grace", "linus"] });
    expect((await ignore(thirteen, "linus")).response).toEqual({ ignoring: ["linus"] });
  });

  it.each([
    ["new:msg", { body: "" }, "Write something first."],
    ["new:msg", { body: "x".repeat(501) }, "Keep it below 500 characters."],
    ["ignore:user", { user_id: "?", ignored: true }, "Use 1 to 24 letters, digits or spaces as a name."],
  ])("refuses a bad %s with a sentence: %#", async (event, payload, message) => {
    const ada = await enter("ada", "12");
    const answer = await ada.push(event, payload);
    expect(answer).toMatchObject({ status: "error", response: { reason: "invalid payload", issues: [{ message }] } });
  });
});

describe("events on their way out", () => {
  it("S4-18, S4-20: is_editable is true for the author and false for others, also in the catch-up", async () => {
    const [ada, grace] = [await enter("ada", "12"), await enter("grace", "12")];
    ada.channel.push("new:msg", { body: "mine" });
    expect((await ada.nextOf<Message>("new:msg")).is_editable).toBe(true);
    expect((await grace.nextOf<Message>("new:msg")).is_editable).toBe(false);
    for (const [uid, isEditable] of [
      ["ada", true],
      ["linus", false],
    ] as const) {
      const { response } = await new Seat(connectAs(uid), "rooms:12").join();
      expect(response).toMatchObject({ messages: [{ body: "mine", is_editable: isEditable }] });
    }
  });

  it("S4-20: who may edit can edit, others cannot", async () => {
    const [ada, grace] = [await enter("ada", "12"), await enter("grace", "12")];
    ada.channel.push("new:msg", { body: "frist" });
    const { id } = await grace.nextOf<Message>("new:msg");
    expect(await grace.push("edit:msg", { id, body: "mine now" })).toEqual({
      status: "error",
      response: { reason: "You can edit your own messages only." },
    });
    expect((await ada.push("edit:msg", { id, body: "first" })).status).toBe("ok");
    expect(await grace.next()).toMatchObject(["edit:msg", { id, uid: "ada", body: "first" }]);
  });

  it("S4-21: who ignores a user is not told of their joining", async () => {
    const ada = await enter("ada", "12", { ignoring: ["mallory"] });
    const grace = await enter("grace", "12");
    await enter("mallory", "12");
    await enter("linus", "12");
    expect(await ada.rest()).toEqual([
      ["user:joined", { user_id: "grace" }],
      ["user:joined", { user_id: "linus" }],
    ]);
    expect(await grace.rest()).toEqual([
      ["user:joined", { user_id: "mallory" }],
      ["user:joined", { user_id: "linus" }],
    ]);
  });

  it("S4-21: ignoring can begin and end while joined", async () => {
    const ada = await enter("ada", "12");
    await ada.push("ignore:user", { user_id: "mallory", ignored: true });
    const mallory = await enter("mallory", "12");
    expect(await ada.rest()).toEqual([]);
    mallory.channel.leave();
    expect(await ada.next()).toEqual(["user:left", { user_id: "mallory" }]);
    await ada.push("ignore:user", { user_id: "mallory", ignored: false });
    await enter("mallory", "12");
    expect(await ada.rest()).toEqual([["user:joined", { user_id: "mallory" }]]);
  });

  it("S4-19, S4-37: events without a handleOut go out as they are; who leaves is missed", async () => {
    const [ada, grace] = [await enter("ada", "12"), await enter("grace", "12")];
    await ada.rest();
    grace.channel.leave();
    expect(await ada.next()).toEqual(["user:left", { user_id: "grace" }]);
  });

  it("S4-29: who joins is not told of it", async () => {
    const ada = new Seat(connectAs("ada"), "rooms:12");
    await ada.join();
    expect(await ada.rest()).toEqual([]);
  });
});

describe("broadcasts from elsewhere", () => {
  const hello = JSON.stringify({ uid: "ada", body: "hello from outside" });

  it("S4-23: the superadmin room gets a copy of each message of each room", async () => {
    const admin = await superadmin();
    for (const room of ["lobby", "12"]) {
      const seat = await enter("ada", room);
      seat.channel.push("new:msg", { body: `in ${room}` });
      expect(await admin.nextOf("new:msg")).toMatchObject({ room, uid: "ada", body: `in ${room}` });
    }
  });

  it("S4-23, S4-24: a controller writes into a room, through the handleOut of each subscriber", async () => {
    const [admin, ada, grace] = [await superadmin(), await enter("ada", "12"), await enter("grace", "12")];
    const response = await post("/rooms/12/messages", hello);
    const message = (await response.json()) as Message;
    expect([response.status, message.body]).toEqual([201, "hello from outside"]);
    expect(await ada.nextOf("new:msg")).toEqual({ ...message, is_editable: true });
    expect(await grace.nextOf("new:msg")).toEqual({ ...message, is_editable: false });
    expect(await admin.nextOf("new:msg")).toEqual(message);
  });

  it.each([
    ["not JSON", "/rooms/12/messages", "{", "application/json", 400, "must be JSON"],
    ["a bad message", "/rooms/12/messages", '{"uid":"ada","body":" "}', "application/json", 400, "must be JSON"],
    ["an unknown room", "/rooms/0/messages", hello, "application/json", 404, "no room"],
    ["a large body", "/rooms/12/messages", "x".repeat(100_000), "application/json", 413, "larger than 4096 bytes"],
    ["another type", "/rooms/12/messages", hello, "text/plain", 415, "Send JSON"],
  ])("S4-23: the controller refuses %s", async (_what, path, body, type, status, words) => {
    const ada = await enter("ada", "12");
    const response = await post(path, body, type);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
    expect(await ada.rest()).toEqual([]);
  });

  it("S4-23: the controller takes POST only", async () => {
    const response = await fetch(`http://127.0.0.1:${site.port}/rooms/12/messages`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
