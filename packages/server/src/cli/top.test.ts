/** `wingbeat top` against servers that answer well, badly and not at all. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { DataOf, NodeRow, Rates, ViewName } from "../inspector/model.ts";
import { CommandError } from "./command-error.ts";
import { run } from "./run.ts";

const rates: Rates = {
  connects: 0.5,
  refusals: 0,
  closes: 0,
  joins: 3,
  messagesIn: 1_234,
  broadcasts: 10,
  deliveries: 56_789,
  crashes: 0,
  p50: 0.4,
  p99: 12,
};
const node: NodeRow = {
  name: "one",
  pid: 1,
  version: "0.1.0",
  runtime: "v20",
  startedAt: Date.now() - 7_200_000,
  status: "ok",
  connections: 2_000,
  channels: 4_000,
  topics: 50,
  subscriptions: 5_000,
  bufferedBytes: 2_500_000,
  heapBytes: 123_456_789,
  rssBytes: 0,
  cpu: 0.42,
  lag: 1.25,
  inspectorCpu: 0,
  rates,
};
const row = {
  node: "one",
  key: 7,
  id: "user:1",
  path: "/socket",
  transport: "websocket",
  vsn: "2.0.0",
  extensions: true,
  connectedAt: 0,
  channels: 1,
  bufferedBytes: 70_000,
  waitingBytes: 0,
  paused: true,
};
const DATA: { readonly [View in ViewName]?: DataOf<View> } = {
  overview: { nodes: [node], connections: 2_000, channels: 4_000, bufferedBytes: 2_500_000, rates },
  topics: { total: 1, rows: [{ topic: "room:\u001b[31mred\u202e", subscribers: 12, rate: 0.25, nodes: ["one"] }] },
  events: {
    rows: [
      { pattern: "room:{id}", event: "new_msg", count: 9, rate: 1, p50: 0.1, p99: 2, outcomes: { ok: 8, error: 1 } },
    ],
  },
  errors: { crashes: [], warnings: [] },
  pressure: { slow: [row], paused: [], busy: [] },
};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server with an inspector, as `GET …/snapshot/<view>` answers. */
async function inspected(requests: IncomingMessage[] = []): Promise<string> {
  return serve((request, response) => {
    requests.push(request);
    const view = /^\/inspector\/snapshot\/(\w+)\?/.exec(request.url ?? "")?.[1] as ViewName | undefined;
    const data = view === undefined ? undefined : DATA[view];
    response.writeHead(data === undefined ? 404 : 200, { connection: "close" });
    response.end(JSON.stringify({ view, at: Date.now(), nodes: ["one"], silent: ["two"], data }));
  });
}

const refusal = async (...args: string[]): Promise<string> => {
  const error: unknown = await run(["top", ...args], "/").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CommandError);
  return (error as CommandError).message;
};

describe("wingbeat top", () => {
  it("prints one table", async () => {
    const url = await inspected();
    const text = await run(["top", url, "--once"], "/");
    expect(text).toContain(
      "2,000 connections, 4,000 channels, 2.5 MB buffered; per second: 0.5 connects, 3 joins, 1,234 mess",
    );
    expect(text).toMatch(/^NODE +STATUS +CONNECTIONS +CHANNELS +MSG\/S +DELIVERED\/S +P99 +LAG +CPU +HEAP +UP$/m);
    expect(text).toMatch(/^one +ok +2,000 +4,000 +1,234 +56,789 +12 ms +1\.3 ms +42 % +123 MB +2\.0 h$/m);
    const options = ["--once", "--view"];
    expect(await run(["top", url, ...options, "events"], "/")).toMatch(
      /^room:\{id\} +new_msg +9 +1 +0\.1 ms +2 ms +ok 8, error 1$/m,
    );
    expect(await run(["top", url, ...options, "errors"], "/")).toBe("no crashes, no limits reached, nothing lost");
    expect(await run(["top", url, ...options, "pressure"], "/")).toMatch(/^user:1 +one +70\.0 kB +0 B +yes$/m);
  });

  it("prints JSON, and sends headers and a query", async () => {
    const requests: IncomingMessage[] = [];
    const url = await inspected(requests);
    const json = await run(
      [
        "top",
        `${url}/inspector/`,
        "--json",
        "--view",
        "topics",
        "--header",
        "cookie: session=a:b",
        "--header",
        "x-a: 1",
      ],
      "/",
    );
    expect(JSON.parse(String(json))).toMatchObject({ view: "topics", silent: ["two"] });
    expect(requests[0]?.headers).toMatchObject({ cookie: "session=a:b", "x-a": "1" });
    expect(requests[0]?.url).toBe("/inspector/snapshot/topics?query=%7B%22sort%22%3A%22rate%22%7D");
  });

  it("lets no text of clients reach the terminal as it is", async () => {
    const text = await run(["top", await inspected(), "--once", "--view", "topics"], "/");
    expect(text).toContain("room:\ufffd[31mred\ufffd");
  });

  it("lets no text of a hostile server reach the terminal as it is", async () => {
    const evil = "\u001b]0;a\u0007\u009b2J\u202e\u007f";
    const crash = { pattern: "p", callback: evil, event: null, error: "e", count: 1, lastAt: 0 };
    const data = {
      overview: { ...DATA.overview, nodes: [{ ...node, status: evil }] },
      errors: { crashes: [crash], warnings: [] },
    };
    const url = await serve((request, response) => {
      const view = request.url?.includes("errors") === true ? "errors" : "overview";
      response.end(JSON.stringify({ view, at: 1, nodes: [evil], silent: [evil], data: data[view] }));
    });
    for (const option of ["--once", "--json"]) {
      for (const view of ["overview", "errors"] as const) {
        const text = String(await run(["top", url, option, "--view", view], "/"));
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        if (option === "--json") expect(JSON.parse(text)).toMatchObject({ nodes: [evil], data: data[view] });
      }
    }
  });

  it.each([
    ["no nodes", {}],
    ["nodes that are none", { nodes: 1, silent: 1 }],
    ["names that are none", { nodes: [1], silent: [{}] }],
  ])("goes on, and gives the terminal back, with an answer that has %s", async (_name, fields) => {
    let given: object = { nodes: ["one"], silent: [] };
    const url = await serve((_request, response) => {
      response.end(JSON.stringify({ view: "overview", at: 1, data: DATA.overview, ...given }));
    });
    const [input, output] = [new PassThrough(), new PassThrough()];
    let drawn = "";
    output.setEncoding("utf8").on("data", (text: string) => (drawn += text));
    const done = run(["top", url], "/", { input, output });
    await expect.poll(() => drawn).toContain("2,000 connections");
    given = fields;
    input.write("1");
    await expect.poll(() => drawn).toContain("cannot be read");
    input.write("q");
    expect(await done).toBe("");
  });

  it("reads no answer that does not end", async () => {
    const url = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, "x");
      const more = (): void => void response.write(chunk, (error) => (error ? undefined : more()));
      more();
    });
    expect(await refusal(url, "--once")).toContain("its answer is larger than 32 MB");
  });

  it("draws again, switches views with the keys, and ends with q", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    let drawn = "";
    output.setEncoding("utf8").on("data", (text: string) => (drawn += text));
    const done = run(["top", await inspected()], "/", { input, output });
    await expect.poll(() => drawn).toContain("1 node, no answer of two");
    expect(drawn).toContain("[1 overview]");
    const { length } = drawn;
    await expect.poll(() => drawn.length).toBeGreaterThan(length);
    input.write("3");
    await expect.poll(() => drawn).toContain("[3 events]");
    expect(drawn).toContain("new_msg");
    input.write("q");
    expect(await done).toBe("");
    expect(drawn.endsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
  });

  it("goes on when the server is away for a while", async () => {
    let isAway = false;
    const url = await serve((_request, response) => {
      if (isAway) response.destroy();
      else response.end(JSON.stringify({ view: "overview", at: 1, nodes: ["one"], silent: [], data: DATA.overview }));
    });
    const input = new PassThrough();
    const output = new PassThrough();
    let drawn = "";
    output.setEncoding("utf8").on("data", (text: string) => (drawn += text));
    const done = run(["top", url], "/", { input, output });
    await expect.poll(() => drawn).toContain("2,000 connections");
    isAway = true;
    await expect.poll(() => drawn).toContain("Nothing answers at");
    isAway = false;
    const { length } = drawn;
    await expect.poll(() => drawn.slice(length)).toContain("2,000 connections");
    input.write("\u0003");
    await done;
  });

  it("says why there is nothing to see", async () => {
    const answering = (status: number, headers: Record<string, string>, body: string): Promise<string> =>
      serve((_request, response) => void response.writeHead(status, { connection: "close", ...headers }).end(body));
    expect(await refusal("http://127.0.0.1:1", "--once")).toMatch(
      /^Nothing answers at http:\/\/127.0.0.1:1\/inspector\//,
    );
    expect(await refusal(await answering(403, {}, ""), "--once")).toMatch(/does not let you in \(403\)\. Pass what/);
    const local = await answering(403, { "content-type": "text/plain" }, "answers only\n\u001bthis machine");
    expect(await refusal(local, "--once")).toMatch(/\(403\)\. answers only\ufffd\ufffdthis machine Pass what/);
    expect(await refusal(await answering(429, { "retry-after": "7" }, ""), "--once")).toContain(
      "Try again in 7 seconds",
    );
    expect(await refusal(await answering(404, {}, ""), "--once")).toContain("is no inspector (it answered 404)");
    expect(await refusal(await answering(302, { location: "/login" }, ""), "--once")).toContain("it answered 302");
    for (const body of ["<html>", "null", "1", '{"view":"overview"}', '{"view":"topics","data":{}}']) {
      expect(await refusal(await answering(200, {}, body), "--once")).toContain("is no inspector");
    }
    expect(await refusal(await answering(200, {}, '{"view":"overview","data":{}}'), "--once")).toContain(
      "another version",
    );
    expect(await refusal(await answering(503, {}, ""), "--once")).toContain("its authorize has failed");
  });

  it("says what is wrong with the command", async () => {
    expect(await refusal()).toContain("wingbeat top http://localhost:4000/inspector");
    expect(await refusal("a", "b")).toContain("takes the address");
    expect(await refusal("ftp://a")).toContain('"ftp://a" is no address');
    expect(await refusal("http://a", "--view", "users")).toContain("overview, topics, events, errors, pressure");
    expect(await refusal("http://a", "--header", "cookie")).toContain('--header "cookie" is no header');
    expect(await refusal("http://a", "--header", "a b: c")).toContain("is no header");
    expect(await refusal(await inspected())).toContain("This is no terminal");
    await expect(run(["routes", "--once"], "/")).rejects.toThrow("are options of top");
  });
});
