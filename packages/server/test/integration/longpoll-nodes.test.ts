/** Long polling on several nodes: any of them serves any request. */
import { describe, expect, it } from "vitest";
import type { DeliverLocally, LongPollOptions, PubSubAdapter, PubSubMessage } from "../../src/index.ts";
import { binarySocket } from "./bytes.ts";
import { caughtUp, PollClient, send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import type { Served } from "./serve.ts";
import { observe } from "./telemetry.ts";

const SECRET = "a secret that all nodes of these tests share, of 64 bytes or more";
const heartbeat = (ref: string): string => JSON.stringify([null, ref, "phoenix", "heartbeat", {}]);
const join = '["1","1","room:1","phx_join",{}]';

/** Adapters that reach each other by a turn of the event loop, and copy what they carry, as an engine does. */
class Nodes {
  readonly #delivers = new Map<string, DeliverLocally>();
  /** Set to make every message be refused. */
  broken = false;
  /** For so many ms the process is away before a message arrives. */
  absence = 0;
  /** Which messages are lost on the way. */
  loses: (message: PubSubMessage) => boolean = () => false;

  adapter(nodeName: string): PubSubAdapter {
    return {
      nodeName,
      start: (deliver) => void this.#delivers.set(nodeName, deliver),
      broadcast: (message) => {
        for (const name of this.#delivers.keys()) if (name !== nodeName) this.#carry(name, message);
      },
      directBroadcast: (name, message) => this.#carry(name, message),
      stop: () => void this.#delivers.delete(nodeName),
    };
  }

  /** The node is gone without a word. */
  kill(nodeName: string): void {
    this.#delivers.delete(nodeName);
  }

  #carry(name: string, message: PubSubMessage): void {
    if (this.broken) throw new Error("the engine is away");
    if (this.loses(message)) return;
    const copy = structuredClone(message);
    setImmediate(() => {
      for (const until = performance.now() + this.absence; performance.now() < until;);
      this.#delivers.get(name)?.(copy);
    });
  }
}

/** Longer than any test: a node that is there is never taken for gone, whatever the machine is busy with. */
const PATIENT: LongPollOptions = { pubsubTimeout: 60_000, window: 60_000 };

interface Pair {
  readonly nodes: Nodes;
  readonly home: Served;
  readonly away: Served;
}

interface PairOptions {
  /** Of the node that has the sessions: its window is the one that ends them. */
  readonly home?: LongPollOptions;
  /** Of the node that is asked: its window is the one after which it answers. */
  readonly away?: LongPollOptions;
  readonly awaySecret?: string;
}

async function pair({ home = {}, away = {}, awaySecret = SECRET }: PairOptions = {}): Promise<Pair> {
  const nodes = new Nodes();
  const node = (name: string, longpoll: LongPollOptions, secretKeyBase: string): Promise<Served> =>
    serve(
      {
        "/socket": { socket: userSocket(), longpoll: { ...PATIENT, ...longpoll } },
        "/bytes": { socket: binarySocket, longpoll: PATIENT },
      },
      { pubsub: nodes.adapter(name), secretKeyBase },
    );
  return { nodes, home: await node("a", home, SECRET), away: await node("b", away, awaySecret) };
}

/** A session of one node as requests to another one see it. */
const at = (served: Served, client: PollClient, path?: string): string =>
  `${served.pollUrl(path)}&token=${client.token}`;
const get = async (url: string) => (await send(url)).body;
const post = async (url: string, ...lines: string[]) =>
  (await send(url, { method: "POST", body: lines.join("\n"), headers: { "content-type": "application/x-ndjson" } }))
    .body;

describe("another node", () => {
  it("takes POSTs and answers polls: those that find messages, and those that wait for them", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    expect(await post(at(away, client), join, heartbeat("2"))).toEqual({ status: 200 });
    const { status, token, messages } = await get(at(away, client));
    expect([status, token, messages.length]).toEqual([200, client.token, 2]);
    const waiting = get(at(away, client));
    await caughtUp(away);
    home.endpoint.broadcast("room:1", "news", { n: 1 });
    home.endpoint.broadcast("room:1", "news", { n: 2 });
    expect((await waiting).messages).toHaveLength(2);
    expect(away.endpoint.connections).toBe(0);
    expect(home.endpoint.connections).toBe(1);
  });

  it("does not take a token of another mount", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    expect(await post(at(away, client, "/bytes/longpoll"), join)).toEqual({ status: 410 });
    const { status, token, messages } = await get(at(away, client, "/bytes/longpoll"));
    expect([status, messages]).toEqual([410, []]);
    expect(token).not.toBe(client.token);
    expect(home.endpoint.connections).toBe(1);
    expect(await post(at(away, client), join)).toEqual({ status: 200 });
    expect((await get(at(away, client))).messages).toHaveLength(1);
  });

  it("answers 204 after the window, and the session still has what comes later", async () => {
    const { home, away } = await pair({ away: { window: 50 } });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    await post(at(away, client), join);
    await get(at(away, client));
    expect(await get(at(away, client))).toMatchObject({ status: 204, messages: [] });
    home.endpoint.broadcast("room:1", "news", { n: 1 });
    expect((await get(at(away, client))).messages).toEqual(['[null,null,"room:1","news",{"n":1}]']);
  });

  it("keeps the session alive by its polls", async () => {
    // Without them it would end after one and a half windows of its own node.
    const { home, away } = await pair({ home: { window: 1_000 }, away: { window: 300 } });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1_700) expect((await get(at(away, client))).status).toBe(204);
    expect(home.endpoint.connections).toBe(1);
  });

  it("ends the poll when the session ends", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(undefined, { name: "ada" }), { polls: false });
    const waiting = get(at(away, client));
    await caughtUp(away);
    home.endpoint.broadcast("user_socket:ada", "disconnect", {});
    expect((await waiting).status).toBe(204);
    expect((await post(at(away, client), heartbeat("1"))).status).toBe(410);
    expect(await get(at(away, client))).toMatchObject({ status: 410 });
    expect(away.endpoint.connections).toBe(1);
  });

  it("carries bytes", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl("/bytes/longpoll"), { polls: false });
    const push = Buffer.concat([Buffer.from("\0\x01\x01\x05\x0512bytesbytes"), Buffer.from([255, 0, 254])]);
    const url = at(away, client, "/bytes/longpoll");
    expect(await post(url, '["1","1","bytes","phx_join",{}]', push.toString("base64"))).toEqual({ status: 200 });
    expect((await get(url)).messages).toHaveLength(4);
  });

  it("leaves the messages with the session when the client of a poll has gone", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    await post(at(away, client), join);
    await get(at(away, client));
    const abort = new AbortController();
    const given = send(at(away, client), { signal: abort.signal });
    await caughtUp(away);
    abort.abort();
    await expect(given).rejects.toThrow("aborted");
    await caughtUp(away);
    home.endpoint.broadcast("room:1", "news", { n: 1 });
    expect((await get(at(away, client))).messages).toEqual(['[null,null,"room:1","news",{"n":1}]']);
  });

  it("refuses a bad frame with 408, as the session's own node does", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    expect(await post(at(away, client), "garbage")).toEqual({ status: 408 });
    expect(await post(at(away, client), heartbeat("1"))).toEqual({ status: 410 });
  });

  it("hears the answer that came while it was away itself for longer than the PubSub timeout", async () => {
    const { nodes, home, away } = await pair({ away: { pubsubTimeout: 200 } });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    await post(at(home, client), join);
    nodes.absence = 300;
    expect(await get(at(away, client))).toMatchObject({ status: 200, token: client.token });
  });
});

describe("a session whose node cannot be reached", () => {
  it("is gone after the PubSub timeout: a poll starts a new one, a POST is told", async () => {
    const { nodes, home, away } = await pair({ away: { pubsubTimeout: 200 } });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    nodes.kill("a");
    const startedAt = performance.now();
    expect(await post(at(away, client), heartbeat("1"))).toEqual({ status: 410 });
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    const { status, token } = await get(at(away, client));
    expect(status).toBe(410);
    expect(await post(`${away.pollUrl()}&token=${token}`, heartbeat("1"))).toEqual({ status: 200 });
  });

  it("is gone when what it had for a waiting poll does not arrive: 204 would hide that it is lost", async () => {
    const { nodes, home, away } = await pair({ away: { pubsubTimeout: 200 } });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    await post(at(home, client), join);
    await get(at(home, client));
    const waiting = get(at(away, client));
    await caughtUp(away);
    nodes.loses = ({ message }) => JSON.stringify(message).includes('"say":"messages"');
    home.endpoint.broadcast("room:1", "news", { n: 1 });
    expect((await waiting).status).toBe(410);
  });

  it("is gone at once when the adapter refuses the message, which telemetry tells", async () => {
    const { nodes, home, away } = await pair();
    const failed = observe("pubsub.delivery_failed");
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    nodes.broken = true;
    expect(await post(at(away, client), heartbeat("1"))).toEqual({ status: 410 });
    expect(await get(at(away, client))).toMatchObject({ status: 410 });
    expect(await failed.next()).toMatchObject({ error: new Error("the engine is away") });
  });

  it("does not hold up the end of the node that was asked", async () => {
    const { home, away } = await pair();
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    const waiting = get(at(away, client));
    await caughtUp(away);
    await away.endpoint.close();
    // It was answered, or cut off by the end of its server: it does not hang.
    await waiting.catch(() => {});
    expect(away.endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });
});

describe("secrets", () => {
  it("that differ make tokens of other nodes worthless", async () => {
    const { home, away } = await pair({ awaySecret: `another ${SECRET}` });
    const client = await PollClient.open(home.pollUrl(), { polls: false });
    expect(await post(at(away, client), heartbeat("1"))).toEqual({ status: 410 });
    expect((await get(at(away, client))).token).not.toBe(client.token);
  });

  it("that are not given with an adapter are made up, with a warning; one node needs none", async () => {
    const warnings = observe("longpoll.secret_is_random");
    const longpoll = { "/socket": { socket: userSocket(), longpoll: true } };
    await serve(longpoll);
    await serve({ "/socket": userSocket() }, { pubsub: new Nodes().adapter("a") });
    expect(warnings.rest).toEqual([]);
    const { endpoint } = await serve(longpoll, { pubsub: new Nodes().adapter("a") });
    expect(await warnings.next()).toEqual({ endpoint });
  });

  it("below 20 bytes are refused at start", async () => {
    const mount = { "/socket": { socket: userSocket(), longpoll: true } };
    await expect(serve(mount, { secretKeyBase: "short" })).rejects.toMatchObject({ code: "WB_OPTION" });
  });
});
