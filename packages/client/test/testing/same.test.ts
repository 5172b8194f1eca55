/* oxlint-disable unicorn/prefer-add-event-listener -- a transport has callbacks */
/** What a client sees of a fake server is what it sees of a real one, for which the same is declared. */
import { Socket } from "@wingbeat/client";
import type { Push, SocketOptions } from "@wingbeat/client";
import { fakeServer, ok, refuse } from "@wingbeat/client/testing";
import * as official from "phoenix";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint } from "wingbeat";
import { WebSocket } from "ws";
import { presence, userSocket } from "./user-socket.ts";

/** A server under test, and what the program does to it. */
interface Stage {
  readonly url: string;
  readonly options: SocketOptions;
  broadcast(event: "new_msg", payload: { id: number; body: string }): void;
  /** Ends the connections of a user. */
  disconnect(user: string): void;
}

async function realStage(): Promise<Stage> {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, presence: [presence], logger: false });
  onTestFinished(() => endpoint.close());
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return {
    url: `ws://127.0.0.1:${port}/socket`,
    options: { transport: WebSocket },
    broadcast: (event, payload) => endpoint.broadcast("room:1", event, payload),
    disconnect: (user) => endpoint.broadcast(`user:${user}`, "disconnect", {}),
  };
}

async function fakeStage(): Promise<Stage> {
  const server = fakeServer<typeof userSocket>();
  server.onConnect(({ token }) => (token === "bad" ? refuse({ why: "banned" }) : ok()));
  const room = server.channel("room:{id}").history({ events: ["new_msg"] });
  room
    .onJoin((_params, topic) => (topic === "room:secret" ? refuse({ reason: "unauthorized" }) : ok({ role: "admin" })))
    .on("new_msg", ({ body }, client) => {
      if (body === "") return refuse({ reason: "empty" });
      client.broadcast("new_msg", { id: 1, body });
      return ok({ id: 1, at: new Date(0) });
    })
    .on("seen", () => {})
    .on("reaction:*", (_payload, _client, event) => ok({ event }))
    .on("crash", (_payload, client) => client.crash())
    .on("end", (_payload, client) => client.close());
  let handled = 0;
  const box = server.channel("box:{id}").dedupe();
  box.on("put", () => ok({ id: ++handled })).on("nothing", () => {});
  server.channel("lobby");
  return {
    url: "ws://fake.test/socket",
    options: { transport: server.transport },
    broadcast: (event, payload) => server.broadcast("room:1", event, payload),
    disconnect: () => server.disconnect(1000),
  };
}

const STAGES = [realStage, fakeStage];

/** What a program of a client notes on each of the servers. */
async function onBoth(program: (stage: Stage, note: (line: string) => void) => Promise<void>): Promise<string[][]> {
  const logs: string[][] = [];
  for (const make of STAGES) {
    const log: string[] = [];
    logs.push(log);
    await program(await make(), (line) => log.push(line));
  }
  return logs;
}

/** A connected socket: ours, or phoenix.js's. */
function connect(
  { url, options }: Stage,
  Client = Socket,
  params: object = { user: "ann" },
): Socket<typeof userSocket> {
  const retry = () => 10;
  const socket = new Client(url, { params: { ...params }, reconnectAfterMs: retry, rejoinAfterMs: retry, ...options });
  onTestFinished(() => socket.disconnect());
  socket.connect();
  return socket as Socket<typeof userSocket>;
}

/** Notes what a push is answered. */
function noteReplies(note: (line: string) => void, name: string, push: unknown): Promise<void> {
  return new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"]) {
      (push as Push).receive(status, (response: unknown) => {
        note(`${name}: ${status} ${JSON.stringify(response)}`);
        resolve();
      });
    }
  });
}

const CLIENTS = [
  ["our client", Socket],
  ["phoenix.js", official.Socket as unknown as typeof Socket],
] as const;

describe.each(CLIENTS)("a fake server is to %s what a real one is:", (_name, Client) => {
  it("joins, replies, refusals, broadcasts and unknown topics", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const socket = connect(stage, Client);
      const secret = socket.channel("room:secret");
      await noteReplies(note, "secret", secret.join());
      secret.leave();
      const room = socket.channel("room:1");
      room.on("new_msg", (payload) => note(`new_msg ${JSON.stringify(payload)}`));
      await noteReplies(note, "room", room.join());
      await noteReplies(note, "new_msg", room.push("new_msg", { body: "hi" }));
      await noteReplies(note, "new_msg", room.push("new_msg", { body: "" }));
      await noteReplies(note, "reaction", room.push("reaction:up", {}));
      await noteReplies(note, "left", room.leave());
      note(room.state);
    });
    expect(fake).toEqual(real);
    expect(real).toHaveLength(8);
  });

  it("pushes before the join is answered wait for it, and are answered in order", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const room = connect(stage, Client).channel("room:1");
      const all = [noteReplies(note, "join", room.join())];
      for (const body of ["a", "", "b"]) all.push(noteReplies(note, body, room.push("new_msg", { body })));
      await Promise.all(all);
    });
    expect(fake).toEqual(real);
    expect(real?.map((line) => line.split(" ")[1])).toEqual(["ok", "ok", "error", "ok"]);
  });

  it("a crash is followed by a rejoin, an end is not", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const room = connect(stage, Client).channel("room:1");
      room.onError((reason) => note(`error ${JSON.stringify(reason)}`));
      room.onClose((payload) => note(`close ${JSON.stringify(payload)}`));
      const closed = new Promise((resolve) => room.onClose(resolve));
      await noteReplies(note, "join", room.join());
      const crashed = new Promise((resolve) => room.onError(resolve));
      room.push("crash", {});
      await crashed;
      const rejoined = new Promise((resolve) => room.joinPush.receive("ok", resolve));
      await rejoined;
      room.push("end", {});
      await closed;
    });
    expect(fake).toEqual(real);
    expect(real).toContainEqual('error {"reason":"channel_crash"}');
    expect(real?.at(-1)).toMatch(/^close/);
  });

  it("a second join on a connection ends the first", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const socket = connect(stage, Client);
      const first = socket.channel("room:1");
      first.onClose(() => note("first is closed"));
      await noteReplies(note, "first", first.join());
      const second = socket.channel("room:1");
      second.on("new_msg", () => note("second got it"));
      await noteReplies(note, "second", second.join());
      await noteReplies(note, "push", second.push("new_msg", { body: "hi" }));
      note(`${first.state} ${second.state}`);
    });
    expect(fake).toEqual(real);
    expect(real).toContain("second got it");
  });
});

describe("a fake server is to our client what a real one is:", () => {
  it("a handler without a reply is told to have run", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const room = connect(stage).channel("room:1");
      room.join();
      await noteReplies(note, "seen", room.push("seen"));
    });
    expect(fake).toEqual(real);
    expect(real).toEqual(["seen: ok {}"]);
  });

  it("a refused connection says why, and is not tried again", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const socket = connect(stage, Socket, { token: "bad" });
      socket.onOpen(() => note("open"));
      socket.onError((error) => note(`error ${String(error)}`));
      const closed = new Promise<void>((resolve) =>
        socket.onClose(({ code, reason }) => {
          note(`close ${code} ${reason}`);
          resolve();
        }),
      );
      socket.onRefused((reason) => note(`refused ${JSON.stringify(reason)}`));
      await closed;
      note(socket.connectionState());
    });
    expect(fake).toEqual(real);
    expect(real).toContain('refused {"why":"banned"}');
  });

  it("what was missed comes after the rejoin, in order, before what is new", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const room = connect(stage).channel("room:1");
      room.on("new_msg", ({ id }, _ref, _joinRef, position) => note(`${id} at ${position?.offset}`));
      room.onRecover((report) => note(JSON.stringify(report)));
      room.onCaughtUp(() => note("caught up"));
      await room.join();
      note(`at ${room.position?.offset}`);
      stage.broadcast("new_msg", { id: 1, body: "" });
      await vi.waitFor(() => expect(room.position?.offset).toBe(1));
      const onError = room.onError(() => {
        onError();
        stage.broadcast("new_msg", { id: 2, body: "" });
        stage.broadcast("new_msg", { id: 3, body: "" });
      });
      const caughtUp = new Promise((resolve) => room.onCaughtUp(() => resolve(0)));
      stage.disconnect("ann");
      await caughtUp;
      await room.push("new_msg", { body: "4" });
    });
    expect(fake).toEqual(real);
    expect(real).toEqual(["at 0", "1 at 1", '{"recovered":true,"count":2}', "2 at 2", "3 at 3", "caught up", "1 at 4"]);
  });

  it("a first join with rewind gets the last messages", async () => {
    const [real, fake] = await onBoth(async (stage, note) => {
      const socket = connect(stage);
      const first = socket.channel("room:1");
      await first.join();
      for (const id of [1, 2, 3]) stage.broadcast("new_msg", { id, body: "" });
      await vi.waitFor(() => expect(first.position?.offset).toBe(3));
      first.leave();
      const room = socket.channel("room:1");
      const caughtUp = new Promise((resolve) => room.onCaughtUp(() => resolve(note("caught up"))));
      room.onRecover((report) => note(JSON.stringify(report)));
      room.on("new_msg", ({ id }) => note(`${id}`));
      room.join({ rewind: 2 });
      await caughtUp;
    });
    expect(fake).toEqual(real);
    expect(real?.slice(1)).toEqual(["2", "3", "caught up"]);
  });

  it("numbered pushes have the same replies, byte for byte", async () => {
    const [real, fake] = await onBoth(async ({ url, options: { transport: Transport } }, note) => {
      const connection = new Transport!(`${url}/websocket?vsn=2.0.0&wingbeat=1`);
      onTestFinished(() => connection.close());
      let epoch = "";
      let got: (data: string) => void = () => {};
      const opened = new Promise((resolve) => (connection.onopen = resolve));
      connection.onmessage = ({ data }: { data: string }) => got(data);
      await opened;
      const ask = (...frame: unknown[]) => {
        const answered = new Promise<string>((resolve) => (got = resolve));
        connection.send(JSON.stringify(frame));
        return answered;
      };
      const say = async (...frame: unknown[]) => {
        const data = await ask(...frame);
        epoch = /"epoch":"([^"]+)"/.exec(data)?.[1] ?? epoch;
        note(data.replaceAll(epoch || "-", "the epoch"));
      };
      const session = "k1ZrT0pW4u9bQm3cYx7hNg";
      const number = (n: number, e = epoch) => ({ n, e, s: session, a: 0 });
      await say("9", "9", "box:1", "phx_join", {}, { v: 1, session });
      await say("9", "10", "box:1", "wb_pushes", { session, next: 1 });
      await say("9", "11", "box:1", "put", {}, number(1));
      await say("9", "12", "box:1", "put", {}, number(1));
      await say("9", "13", "box:1", "put", {}, number(3));
      await say("9", "14", "box:1", "nothing", {}, number(2));
      await say("9", "15", "box:1", "put", {}, number(3, "another"));
      await say("9", "16", "box:1", "wb_pushes", { session, next: 2 });
      await say("9", "17", "box:1", "wb_pushes", { session, next: 7 });
      await say("9", "18", "box:1", "put", {}, number(7));
      await say("9", "19", "box:1", "put", {}, number(5));
    });
    expect(fake).toEqual(real);
    expect(real).toHaveLength(11);
  });
});
