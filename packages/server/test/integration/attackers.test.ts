/** What somebody sends who means no good: nothing crashes, nothing leaks, nobody is let in. */
/* oxlint-disable vitest/no-standalone-expect -- each of these attacks must leave the process as it was */
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, Telemetry } from "wingbeat";
import type { Endpoint, TelemetryEvents } from "wingbeat";
import { WebSocket } from "ws";

const seen: unknown[] = [];
const room = defineChannel("room:{id}")
  .join((_ctx, params) => {
    seen.push(params);
    return ok();
  })
  .handleIn("echo", (_ctx, payload) => ok(payload as object));
const socket = defineSocket({
  connect: (params) => {
    seen.push(params);
    return ok();
  },
  channels: [room],
});

let endpoint: Endpoint;
let port: number;
let crashes: TelemetryEvents["channel.crashed"][];
let detach: () => void;

beforeEach(async () => {
  seen.length = 0;
  crashes = [];
  detach = Telemetry.attach("channel.crashed", (data) => crashes.push(data));
  const websocket = { compress: true, maxFrameSize: 2_000_000 };
  endpoint = createEndpoint({ sockets: { "/socket": { socket, websocket } }, logger: false });
  port = (await endpoint.listen(0, "127.0.0.1")).port;
});

afterEach(async () => {
  await endpoint.close();
  detach();
  expect(crashes).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** A raw client, and the next frame that it is sent. */
async function open(query = ""): Promise<{ client: WebSocket; say: (frame: string) => Promise<unknown[]> }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0${query}`, {
    perMessageDeflate: true,
  });
  await once(client, "open");
  const say = async (frame: string): Promise<unknown[]> => {
    const answer = once(client, "message");
    client.send(frame);
    return JSON.parse(String((await answer)[0])) as unknown[];
  };
  return { client, say };
}

const status = (message: unknown[]): unknown => (message[4] as { readonly status?: unknown }).status;

describe("keys of prototypes", () => {
  const hostile =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"x","a":{"__proto__":{"polluted":1}}}';

  it("are keys like any other in join params, payloads and replies", async () => {
    const { say } = await open();
    expect(status(await say(`["1","1","room:1","phx_join",${hostile}]`))).toBe("ok");
    const [, , , , reply] = await say(`["1","2","room:1","echo",${hostile}]`);
    expect(JSON.stringify((reply as { response: object }).response)).toBe(hostile);
  });

  it("do no harm in the query", async () => {
    await open("&__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1");
    expect((seen[0] as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "are no topics, events or refs: %s",
    async (name) => {
      const { say } = await open();
      expect(status(await say(`["1","1","${name}","phx_join",{}]`))).toBe("error");
      expect(status(await say(`["${name}","${name}","room:${name}","phx_join",{}]`))).toBe("ok");
      expect(status(await say(`["${name}","${name}","room:${name}","${name}",{}]`))).toBe("error");
    },
  );
});

describe("events of the protocol, sent by a client", () => {
  it.each(["phx_reply", "phx_close", "phx_error", "presence_diff", "presence_state", "disconnect", "phx_drain"])(
    "%s is an event that nobody handles",
    async (event) => {
      const { say } = await open();
      await say('["1","1","room:1","phx_join",{}]');
      const [, , , , answer] = await say(`["1","2","room:1","${event}",{"status":"ok","response":{}}]`);
      expect(answer).toEqual({ status: "error", response: { reason: "unknown event" } });
      expect(status(await say('["1","3","room:1","echo",{}]'))).toBe("ok");
    },
  );
});

describe("sizes", () => {
  it("a topic of 1 MB closes the connection, and no memory is kept for it", async () => {
    const { client } = await open();
    const closed = once(client, "close");
    client.send(JSON.stringify(["1", "1", `room:${"x".repeat(1_000_000)}`, "phx_join", {}]));
    expect(String((await closed)[1])).toBe("topic is longer than 1024 bytes of JSON");
    expect(endpoint.pubsub.size.topics).toBe(0);
  });

  it.each([
    ["closed", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["left open", "[".repeat(1_900_000)],
  ])("JSON nested deep and %s is no way to end the process", async (_, nested) => {
    const { client } = await open();
    const closed = once(client, "close");
    client.send(`["1","1","room:1","phx_join",${nested}]`);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1011, "frame is nested more than 64 levels deep"]);
    const { say } = await open();
    expect(status(await say('["1","1","room:1","phx_join",{}]'))).toBe("ok");
  });

  it("a frame of 50 MB in a few kB of deflate is closed with 1009", async () => {
    const { client } = await open();
    const closed = once(client, "close");
    client.send(`["1","1","room:1","phx_join",{"a":"${"x".repeat(50_000_000)}"}]`, { compress: true });
    expect((await closed)[0]).toBe(1009);
  });
});

describe("paths", () => {
  it.each([
    "/socket/../socket/websocket",
    "/socket/%2e%2e/websocket",
    "/%73ocket/websocket",
    "/socket/websocket/..",
    "/socket/websocket%00",
  ])("%s does not lead in", async (path) => {
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const visit = request({ host: "127.0.0.1", port, path: `${path}?vsn=2.0.0`, headers: upgrade });
    visit.end();
    const outcome = await Promise.race([
      once(visit, "response").then(([response]) => (response as IncomingMessage).resume().statusCode),
      once(visit, "upgrade").then(() => 101),
      once(visit, "error").then(() => "error"),
    ]);
    expect(outcome).toBe(404);
    expect(endpoint.connections).toBe(0);
  });
});
