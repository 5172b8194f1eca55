/** Seed 001, line by line: S1-.. are the numbers of what it shows. */
import { startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import { Socket } from "phoenix";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { answered, connect, handshake, Seat } from "../../site/test/visitor.ts";
import type { Message } from "../src/history.ts";
import { lobby } from "../src/server.ts";

let site: Site;
const mount = (): string => `ws://127.0.0.1:${site.port}/socket`;
const token = (name: string): string => `${name}~${Buffer.from(name.padEnd(16)).toString("hex").slice(0, 32)}`;
const connectAs = (name: string): Socket => connect(mount(), { token: token(name) });

/** Joins the lobby; the seat has its welcome behind it. */
async function enter(name: string): Promise<Seat> {
  const seat = new Seat(connectAs(name), "chat:lobby");
  await seat.join();
  await seat.nextOf("welcome");
  return seat;
}

beforeEach(async () => {
  site = await startSite({ examples: { "/": lobby() }, port: 0, logger: false });
});
afterEach(() => site.close());

describe("connecting", () => {
  it("S1-02, S1-03: serves <mount>/websocket and nothing else", async () => {
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0&token=${token("ada")}`)).toBe(101);
    expect(await handshake(`${mount().replace("/socket", "/other")}/websocket?vsn=2.0.0&token=${token("ada")}`)).toBe(
      404,
    );
  });

  it("S1-06, S1-08, S1-11, S1-15: finds the user of the token, whom the channel knows", async () => {
    const seat = new Seat(connectAs("Ada Lovelace"), "chat:lobby");
    await seat.join();
    expect(await seat.next()).toEqual(["welcome", { text: "Welcome to the lobby, Ada Lovelace!" }]);
  });

  it.each(["", "&token=ada", "&token=~0123456789abcdef0123456789abcdef", `&token=${"x".repeat(25)}~${"0".repeat(32)}`])(
    "S1-09, S1-10: refuses with 403 when there is no token or no user for it: %j",
    async (query) => {
      expect(await handshake(`${mount()}/websocket?vsn=2.0.0${query}`)).toBe(403);
    },
  );

  it("S1-09, S1-16, S1-17: a refused client hears of it and tries again", async () => {
    const socket = new Socket(mount(), { transport: WebSocket as never, reconnectAfterMs: () => 10 });
    const heard: string[] = [];
    const triedAgain = new Promise<void>((resolve) => {
      socket.onClose(() => {
        heard.push("close");
        if (heard.length >= 4) resolve();
      });
    });
    socket.onError(() => void heard.push("error"));
    socket.connect();
    await triedAgain;
    socket.disconnect();
    expect(heard.slice(0, 4)).toEqual(["error", "close", "error", "close"]);
  });

  it("S1-14, S1-18: sends nothing before connect, and tells the client's logger what it does", async () => {
    const kinds = new Set<string>();
    const socket = new Socket(mount(), {
      transport: WebSocket as never,
      params: { token: token("ada") },
      logger: (kind) => kinds.add(kind),
    });
    expect(site.endpoint.connections).toBe(0);
    const joined = answered(socket.channel("chat:lobby", {}).join());
    socket.connect();
    socket.connect();
    await joined;
    expect(site.endpoint.connections).toBe(1);
    expect([...kinds].toSorted()).toEqual(["push", "receive", "transport"]);
    socket.disconnect();
  });

  it("S1-08: a disconnect on the socket's id closes that user's connection, which comes back", async () => {
    const seat = await enter("ada");
    const others = await enter("grace");
    const { user } = await messageOf(seat, "who am I?");
    site.endpoint.disconnect(`user_socket:${user.id}`);
    expect(await others.nextOf("user_left")).toEqual({ user });
    expect(await others.nextOf("user_joined")).toEqual({ user });
  });
});

describe("joining", () => {
  it("S1-25, S1-27, S1-30: lets into the lobby with what was said before, also for a late receive", async () => {
    const ada = await enter("ada");
    const message = await messageOf(ada, "first");
    const grace = new Seat(connectAs("grace"), "chat:lobby");
    const join = grace.channel.join();
    const catchUp = { status: "ok", response: { messages: [{ ...message, mine: false }] } };
    expect(await answered(join)).toEqual(catchUp);
    expect(await answered(join)).toEqual(catchUp);
  });

  it("keeps the last 100 messages only", async () => {
    const ada = await enter("ada");
    for (let count = 1; count <= 103; count++) ada.channel.push("new_msg", { body: `no. ${count}` });
    await ada.rest();
    const { response } = await new Seat(connectAs("grace"), "chat:lobby").join();
    const bodies = (response as { messages: Message[] }).messages.map(({ body }) => body);
    expect([bodies.length, bodies[0], bodies.at(-1)]).toEqual([100, "no. 4", "no. 103"]);
  });

  it("S1-28: refuses chat:secret with its reason, and delivers nothing of it", async () => {
    const socket = connectAs("ada");
    const secret = new Seat(socket, "chat:secret");
    expect(await secret.join()).toEqual({ status: "error", response: { reason: "You don't have permission!" } });
    site.endpoint.broadcast("chat:secret", "new_msg", { body: "for nobody" });
    const lobbySeat = new Seat(socket, "chat:lobby");
    await lobbySeat.join();
    expect((await lobbySeat.rest()).map(([event]) => event)).toEqual(["welcome"]);
    expect(secret.waiting).toEqual([]);
  });

  it("S1-29: a topic without a join crashes that join; the same connection goes on", async () => {
    const socket = connectAs("ada");
    const nowhere = new Seat(socket, "chat:nowhere");
    expect(await nowhere.join()).toEqual({ status: "error", response: { reason: "join crashed" } });
    nowhere.channel.leave();
    expect((await new Seat(socket, "chat:lobby").join()).status).toBe("ok");
    expect(site.endpoint.connections).toBe(1);
  });

  it("S1-22: a topic of no channel is unmatched", async () => {
    const other = new Seat(connectAs("ada"), "other:lobby");
    expect(await other.join()).toEqual({ status: "error", response: { reason: "unmatched topic" } });
    other.channel.leave();
  });
});

describe("messages", () => {
  it("S1-32, S1-35: a message goes to all, its author included, and is not answered", async () => {
    const [ada, grace] = [await enter("ada"), await enter("grace")];
    const answers: unknown[] = [];
    ada.channel.push("new_msg", { body: " hello " }).receive("ok", (response) => answers.push(response));
    const [mine, theirs] = [await ada.nextOf<Message>("new_msg"), await grace.nextOf<Message>("new_msg")];
    expect([mine.body, theirs.body, mine.user.name]).toEqual(["hello", "hello", "ada"]);
    await ada.rest();
    expect(answers).toEqual([]);
  });

  it("tells the others who is typing, and that it is over when the tab is closed", async () => {
    const [ada, grace] = [await enter("ada"), await enter("grace")];
    ada.channel.push("typing", { value: true });
    expect(await grace.nextOf("typing")).toEqual({ key: "ada", value: true });
    const linus = await enter("linus");
    linus.channel.push("typing", {});
    expect(await linus.nextOf("typing")).toEqual({ key: "ada", value: true });
    ada.channel.leave();
    expect(await grace.nextOf("typing")).toEqual({ key: "ada", value: null });
  });

  it("S1-36, S1-37: the welcome goes to who joined, the news of it to the others", async () => {
    const [ada, grace] = [await enter("ada"), await enter("grace")];
    const linus = await enter("linus");
    expect((await ada.rest()).map(nameIn)).toEqual(["user_joined grace", "user_joined linus"]);
    expect((await grace.rest()).map(nameIn)).toEqual(["user_joined linus"]);
    expect(await linus.rest()).toEqual([]);
  });

  it("S1-38: handleOut makes the message each receiver's own; other events pass as they are", async () => {
    const [ada, grace] = [await enter("ada"), await enter("grace")];
    ada.channel.push("new_msg", { body: "hello" });
    expect((await ada.nextOf<Message>("new_msg")).mine).toBe(true);
    expect((await grace.nextOf<Message>("new_msg")).mine).toBe(false);
    site.endpoint.broadcast("chat:lobby", "user_left", { user: { id: "x", name: "nobody" } });
    expect(await grace.next()).toEqual(["user_left", { user: { id: "x", name: "nobody" } }]);
  });

  it("S1-33: the endpoint broadcasts into the lobby from anywhere, through the same handleOut", async () => {
    const ada = await enter("ada");
    const message = { id: 0, user: { id: "server", name: "server" }, body: "Welcome!", at: "2026-01-01T00:00:00.000Z" };
    site.endpoint.broadcast("chat:lobby", "new_msg", message);
    expect(await ada.nextOf("new_msg")).toEqual({ ...message, mine: false });
  });

  it("S1-31: an event with a typo gets an error reply; the channel lives", async () => {
    const ada = await enter("ada");
    expect(await ada.push("mew_msg", { body: "Hello World!" })).toMatchObject({
      status: "error",
      response: { reason: "unknown event" },
    });
    expect((await messageOf(ada, "still here")).body).toBe("still here");
  });

  it.each([
    [{ body: "  " }, "Write something first."],
    [{ body: "x".repeat(501) }, "Keep it below 500 characters."],
  ])("refuses bad messages with a sentence: %#", async (payload, message) => {
    const ada = await enter("ada");
    expect(await ada.push("new_msg", payload)).toEqual({
      status: "error",
      response: { reason: "invalid payload", issues: [{ message, path: ["body"] }] },
    });
  });
});

describe("leaving", () => {
  it("S1-39: the others hear of a leave and of a lost connection", async () => {
    const [ada, grace, linus] = [await enter("ada"), await enter("grace"), await enter("linus")];
    await ada.rest();
    grace.channel.leave();
    expect(nameIn(await ada.next())).toBe("user_left grace");
    const { socket } = linus.channel as unknown as { socket: Socket & { conn: WebSocket } };
    socket.conn.terminate();
    expect(nameIn(await ada.next())).toBe("user_left linus");
  });

  it("S1-16, S1-17: clients come back and join again after a restart of the server", async () => {
    const ada = await enter("ada");
    const { port } = site;
    await site.close();
    site = await startSite({ examples: { "/": lobby() }, port, logger: false });
    expect(await ada.nextOf("welcome")).toEqual({ text: "Welcome to the lobby, ada!" });
  });
});

async function messageOf(seat: Seat, body: string): Promise<Message> {
  seat.channel.push("new_msg", { body });
  return seat.nextOf<Message>("new_msg");
}

function nameIn([event, payload]: readonly [string, unknown]): string {
  return `${event} ${(payload as { user: { name: string } }).user.name}`;
}
