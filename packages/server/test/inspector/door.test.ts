/** Who gets in, and what they get. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Socket } from "@wingbeat/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { InspectorUser } from "../../src/inspector/authorization.ts";
import { inspector } from "../../src/inspector.ts";
import { readOptions } from "../../src/inspector/options.ts";
import { createEndpoint } from "../../src/endpoint.ts";
import type { InspectorSocket } from "../../src/inspector/socket.ts";
import { attach } from "../../src/telemetry/attach.ts";
import type { TelemetryEvent, TelemetryEvents } from "../../src/telemetry.ts";
import { closed, Inspected, userSocket } from "./inspected.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const run of undo.splice(0).toReversed()) await run();
});

async function serve(...options: ConstructorParameters<typeof Inspected>): Promise<Inspected> {
  const inspected = await new Inspected(...options).listen();
  undo.push(() => inspected.endpoint.close());
  return inspected;
}

function heard<Event extends TelemetryEvent>(event: Event): TelemetryEvents[Event][] {
  const all: TelemetryEvents[Event][] = [];
  undo.push(attach(event, (data) => void all.push(data)));
  return all;
}

const PATHS = [
  "/inspector",
  "/inspector/",
  "/inspector/page.js",
  "/inspector/page.css",
  "/inspector/icon.svg",
  "/inspector/snapshot/overview",
  "/inspector/snapshot/nothing",
  "/inspector/socket/websocket",
  "/inspector/nothing",
];
/** The admin's cookie. */
const ADMIN = { cookie: "session=admin" };
const isAdmin = ({ headers }: { readonly headers: Readonly<Record<string, string | undefined>> }): boolean =>
  headers["cookie"] === ADMIN.cookie;

describe("mounting", () => {
  it("throws without authorize in production, behind proxies and under a public name", () => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    vi.stubEnv("NODE_ENV", "production");
    expect(() => readOptions({ endpoint })).toThrow(/authorize is missing.*NODE_ENV/);
    expect(() => readOptions({ endpoint, authorize: () => true })).not.toThrow();
    vi.stubEnv("NODE_ENV", "development");
    expect(() => readOptions({ endpoint })).not.toThrow();
    const proxied = createEndpoint({ sockets: { "/socket": userSocket }, logger: false, trustProxy: 1 });
    expect(() => readOptions({ endpoint: proxied })).toThrow(/trustProxy/);
    const named = createEndpoint({ sockets: { "/socket": userSocket }, logger: false, host: "example.com" });
    expect(() => readOptions({ endpoint: named })).toThrow(/host is "example.com"/);
  });

  it.each(["prod", "Production", "staging", " "])("throws without authorize with NODE_ENV %j", (environment) => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    vi.stubEnv("NODE_ENV", environment);
    expect(() => readOptions({ endpoint })).toThrow("NODE_ENV");
    for (const development of ["", "test", undefined]) {
      vi.stubEnv("NODE_ENV", development);
      expect(() => readOptions({ endpoint })).not.toThrow();
    }
  });

  it.each(["/socket/websocket", "/health"])("refuses a path that the endpoint serves: %s", (path) => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false, health: "/health" });
    expect(() => readOptions({ endpoint, path })).toThrow(`the endpoint serves ${path} already`);
    expect(() => readOptions({ endpoint, path: `${path}-inspector` })).not.toThrow();
  });

  it("has one inspector on an endpoint, and another one when it is closed", async () => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    undo.push(() => endpoint.close());
    const first = inspector({ endpoint });
    expect(() => inspector({ endpoint, path: "/other" })).toThrow("has an inspector already");
    expect(() => inspector({ endpoint })).toThrow("the endpoint serves /inspector already");
    await Promise.all([first.close(), first.close()]);
    await inspector({ endpoint }).close();
  });

  it("leaves nothing on an endpoint that is closed", async () => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    await endpoint.close();
    expect(() => inspector({ endpoint })).toThrow("the endpoint is closed");
    expect(endpoint.inside().mail.receive).toBeUndefined();
  });

  it.each([
    [{ path: "/" }, "path"],
    [{ path: "/admin/.." }, "path"],
    [{ path: "/./inspector" }, "path"],
    [{ path: "inspector" }, "path"],
    [{ path: "/inspector/" }, "path"],
    [{ path: "/:tenant" }, "path"],
    [{ authorize: true }, "authorize must be a function"],
    [{ authorise: () => true }, 'no option "authorise"'],
    [{ maxViewers: 0 }, "maxViewers"],
    [{ failuresPerMinute: 1.5 }, "failuresPerMinute"],
    [{ refused: { status: 200 } }, "above 299"],
    [{ refused: { status: 302, headers: { location: "/a\r\nb: c" } } }, "refused is not an answer"],
    [{ endpoint: {} }, "createEndpoint"],
  ])("refuses %o", (options, message) => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    expect(() => readOptions({ endpoint, ...options } as never)).toThrow(message);
  });

  it("works on a server of the application, beside its own requests", async () => {
    const inspected = new Inspected();
    const server = createServer((request, response) => void response.end(`the application: ${request.url}`));
    inspected.endpoint.attach(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    inspected.port = (server.address() as AddressInfo).port;
    expect((await inspected.ask("/inspectors")).body).toBe("the application: /inspectors");
    expect((await inspected.ask("/inspector/")).body).toContain("<title>page</title>");
    expect(await inspected.handshake(await inspected.ticket())).toBe(101);

    await inspected.inspector.close();
    expect(inspected.inspection.isStopped).toBe(true);
    expect((await inspected.ask("/inspector/")).body).toBe("the application: /inspector/");
    await inspected.endpoint.close();
    server.close();
  });

  it("tells those who are looking that the endpoint closes", async () => {
    const inspected = await serve();
    const socket = inspected.open(await inspected.ticket());
    await once(socket, "open");
    const closing = inspected.endpoint.close();
    expect(await closed(socket)).toBe(1012);
    await closing;
    expect(inspected.inspection.isStopped).toBe(true);
    expect(() => inspected.endpoint.serve({ find: () => undefined, close: async () => {} })).toThrow("closed");
  });

  it("does not count as the application's", async () => {
    const connected = heard("socket.connected");
    const inspected = await serve();
    const socket = inspected.open(await inspected.ticket());
    await once(socket, "open");
    expect(inspected.endpoint.connections).toBe(0);
    expect(inspected.endpoint.health()).toMatchObject({ connections: 0, channels: 0 });
    expect(connected.filter(({ endpoint }) => endpoint === inspected.endpoint)).toEqual([]);
    socket.terminate();
  });
});

describe("the page of a development server", () => {
  it("is served to this machine, with a policy that lets in nothing else", async () => {
    const inspected = await serve();
    expect(await inspected.ask("/inspector")).toMatchObject({ status: 308, headers: { location: "inspector/" } });
    const page = await inspected.ask("/inspector/");
    expect(page).toMatchObject({
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
        ),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      },
    });
    expect(await inspected.ask("/inspector/page.js")).toMatchObject({
      status: 200,
      body: 'document.title = "page";\n',
    });
    expect(await inspected.ask("/inspector/page.css")).toMatchObject({
      status: 200,
      headers: { "content-type": "text/css; charset=utf-8" },
    });
    expect((await inspected.ask("/inspector/index.html")).status).toBe(404);
    expect((await inspected.ask("/inspector/../package.json")).status).toBe(404);
    expect((await inspected.ask("/inspector/", {}, "HEAD")).body).toBe("");
  });

  it.each([
    ["another name, which may lead here", { host: "evil.example:80" }],
    ["a name that only looks local", { host: "localhost.evil.example" }],
    ["no name", { host: "." }],
    ["a proxy that says for whom", { "x-forwarded-for": "203.0.113.1" }],
    ["a proxy that names itself", { via: "1.1 proxy" }],
    ["a proxy in its own words", { "x-real-ip": "203.0.113.1" }],
    ["a proxy's way to ask for an upgrade", { connection: "upgrade" }],
    ["a standard header of proxies", { forwarded: "for=203.0.113.1" }],
  ])("is refused to %s", async (_name, headers) => {
    const inspected = await serve();
    for (const path of PATHS) expect(await inspected.ask(path, headers)).toMatchObject({ status: 403 });
    expect((await inspected.askTicket(headers)).status).toBe(403);
    const ticket = await inspected.ticket();
    if (!("connection" in headers)) expect(await inspected.handshake(ticket, headers)).toBe(403);
    expect(inspected.inspection.asked).toEqual([]);
  });

  it("is refused to other machines", async () => {
    const { isLocal } = await import("../../src/inspector/loopback.ts");
    const visit = { method: "GET", url: "/", headers: {}, native: undefined } as never;
    for (const address of ["192.168.1.7", "128.0.0.1", "::2", "", "127.0.0.1.evil"]) {
      expect(isLocal(visit, { address, host: "localhost" })).toBe(false);
    }
    for (const host of ["localhost:4000", "127.0.0.1", "[::1]:4000", "app.localhost"]) {
      expect(isLocal(visit, { address: "::1", host })).toBe(true);
    }
  });

  it("answers snapshots", async () => {
    const inspected = await serve();
    const { status, body } = await inspected.ask("/inspector/snapshot/overview");
    expect([status, JSON.parse(body)]).toMatchObject([200, { view: "overview", data: {} }]);
    const query = encodeURIComponent(JSON.stringify({ topic: "room:", sort: "rate" }));
    await inspected.ask(`/inspector/snapshot/topics?query=${query}`);
    expect(inspected.inspection.asked.at(-1)).toEqual({ view: "topics", query: { topic: "room:", sort: "rate" } });
    expect(inspected.inspection.watchers).toBe(0);
    expect((await inspected.ask("/inspector/snapshot/nothing")).status).toBe(404);
    expect((await inspected.ask("/inspector/snapshot/constructor")).status).toBe(404);
  });
});

describe("authorize", () => {
  it.each([
    ["false", () => false, 403],
    ["a promise of false", async () => false, 403],
    ["a login that has ended", () => ({ user: "ada", expiresAt: Date.now() - 1 }), 403],
    ["a throw", () => { throw new Error("down"); }, 500], // prettier-ignore
    ["a rejection", () => Promise.reject(new Error("down")), 500],
    ["nothing", () => undefined, 500],
    ["a truthy value", () => 1, 500],
    ["a right that there is not", () => ({ may: ["everything"] }), 500],
    ["a field that there is not", () => ({ admin: true }), 500],
    ["a user that is none", () => ({ user: { name: "ada" } }), 500],
    ["the user of a session that there is not", () => ({ user: undefined, may: ["payloads"] }), 500],
    ["no user", () => ({ user: null }), 500],
    ["an empty user", () => ({ user: "" }), 500],
    ["an empty object", () => ({}), 500],
    ["no rows", () => [], 500],
    ["no entries", () => new Map(), 500],
    ["a getter that throws", () => ({ get user(): string { throw new Error("no"); } }), 500], // prettier-ignore
    ["a promise that never settles", () => new Promise(() => {}), 503],
  ])("with %s lets nobody in, and tells them nothing", async (_name, authorize, status) => {
    const refused = heard("inspector.refused");
    const inspected = await serve({ authorize: authorize as never }, { connectTimeout: 50 });
    for (const path of PATHS) {
      const answer = await inspected.ask(path);
      expect([path, answer.status, answer.body]).toEqual([path, status, ""]);
    }
    expect(await inspected.askTicket()).toMatchObject({ status, body: "" });
    expect(await inspected.handshake("made up")).toBe(403);
    expect(inspected.inspection).toMatchObject({ asked: [], watchers: 0, taps: [] });
    expect(refused).toHaveLength(PATHS.length + 2);
  });

  it("decides by the request: its headers, URL, address and native request", async () => {
    const authorize = vi.fn<typeof isAdmin>(isAdmin);
    const inspected = await serve({ authorize }, { trustProxy: true });
    const forwarded = { "x-forwarded-for": "203.0.113.9" };
    expect((await inspected.ask("/inspector/?a=1", { ...ADMIN, ...forwarded })).status).toBe(200);
    expect((await inspected.ask("/inspector/")).status).toBe(403);
    expect(authorize.mock.calls[0]).toMatchObject([
      { url: "/inspector/?a=1", address: "203.0.113.9", headers: ADMIN, native: { httpVersion: "1.1" } },
    ]);
  });

  it("can send people to a login, or make the browser ask; programs and the page get a plain 403", async () => {
    const refused = { status: 401, headers: { "www-authenticate": 'Basic realm="inspector"' } };
    const inspected = await serve({ authorize: isAdmin, refused });
    expect(await inspected.ask("/inspector/")).toMatchObject({
      status: 401,
      headers: { "www-authenticate": 'Basic realm="inspector"', "cache-control": "no-store" },
    });
    expect((await inspected.ask("/inspector/page.js")).status).toBe(403);
    expect((await inspected.askTicket()).status).toBe(403);
  });

  it("is not asked any more by somebody who keeps failing, and is by everybody else", async () => {
    const authorize = vi.fn<typeof isAdmin>(isAdmin);
    const inspected = await serve({ authorize, failuresPerMinute: 3 });
    for (let i = 0; i < 3; i++) expect((await inspected.ask("/inspector/")).status).toBe(403);
    const answer = await inspected.ask("/inspector/", ADMIN);
    expect(answer).toMatchObject({ status: 429, body: "" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(50);
    expect(authorize).toHaveBeenCalledTimes(3);
    expect(await inspected.handshake("made up")).toBe(429);
    expect((await inspected.ask("/inspector/", ADMIN, "GET", "", "127.0.0.2")).status).toBe(200);
  });

  it("counts handshakes without a ticket as failures", async () => {
    const inspected = await serve({ authorize: isAdmin, failuresPerMinute: 3 });
    const ticket = await inspected.ticket(ADMIN);
    for (const wrong of [undefined, "", `${ticket}x`]) expect(await inspected.handshake(wrong)).toBe(403);
    expect(await inspected.handshake(ticket)).toBe(429);
  });

  it("has a limit of decisions under way", async () => {
    let decide = (_is: boolean): void => {};
    const decision = new Promise<boolean>((resolve) => (decide = resolve));
    const authorize = vi.fn<() => Promise<boolean>>(() => decision);
    const inspected = await serve({ authorize });
    const waiting = Array.from({ length: 100 }, () => inspected.ask("/inspector/"));
    await expect.poll(() => authorize.mock.calls.length).toBe(100);
    expect(await inspected.ask("/inspector/")).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    decide(true);
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
    expect((await inspected.ask("/inspector/")).status).toBe(200);
  });

  it("lets in under the endpoint's own name only, if it has one", async () => {
    const inspected = await serve({ authorize: () => true }, { host: "chat.example" });
    expect((await inspected.ask("/inspector/")).status).toBe(403);
    expect((await inspected.ask("/inspector/", { host: "chat.example" })).status).toBe(200);
    const origin = "https://chat.example";
    expect((await inspected.askTicket({ host: "chat.example", origin })).status).toBe(200);
    expect((await inspected.askTicket({ host: "chat.example", origin: "https://evil.example" })).status).toBe(403);
  });
});

describe("tickets", () => {
  it.each([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another site, by an old browser", { origin: "https://evil.example", "sec-fetch-site": undefined }],
    ["another port of this host", { origin: "http://localhost:1", "sec-fetch-site": "same-site" }],
    ["a sandboxed page", { origin: "null" }],
    ["a page without an address", { origin: "file://" }],
    ["a program", { origin: undefined, "sec-fetch-site": undefined }],
    ["a link", { "sec-fetch-site": "none" }],
  ])("are not given to %s", async (_name, headers) => {
    const inspected = await serve({ authorize: isAdmin });
    const given = Object.fromEntries(
      Object.entries({ origin: inspected.origin, ...headers }).filter(([, value]) => value !== undefined),
    );
    const answer = await inspected.ask("/inspector/ticket", { ...ADMIN, ...given }, "POST");
    expect(answer).toMatchObject({ status: 403, body: "" });
    expect((await inspected.askTicket(ADMIN)).status).toBe(200);
  });

  it("are not given by GET, and nothing is done by one", async () => {
    const inspected = await serve();
    const headers = { origin: inspected.origin };
    expect(await inspected.ask("/inspector/ticket", headers)).toMatchObject({
      status: 405,
      headers: { allow: "POST" },
    });
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      for (const path of ["/inspector/", "/inspector/snapshot/overview"]) {
        expect((await inspected.ask(path, headers, method)).status).toBe(405);
      }
    }
    expect(inspected.inspection.asked).toEqual([]);
  });

  it("open the socket once, for the page that was given them", async () => {
    const inspected = await serve({ authorize: isAdmin });
    const ticket = await inspected.ticket(ADMIN);
    expect(await inspected.handshake(ticket, { "user-agent": "other" })).toBe(403);
    expect(await inspected.handshake(ticket, { origin: "https://evil.example" })).toBe(403);
    expect(await inspected.handshake(ticket)).toBe(101);
    expect(await inspected.handshake(ticket)).toBe(403);
    expect(await inspected.handshake(undefined)).toBe(403);
    expect(await inspected.handshake("x".repeat(5_000))).toBe(403);
  });

  it("are worth nothing elsewhere, and are worth something on another node with the same secret", async () => {
    const secretKeyBase = "s".repeat(64);
    const one = await serve({ authorize: isAdmin }, { secretKeyBase });
    const two = await serve({ authorize: isAdmin }, { secretKeyBase });
    const other = await serve({ authorize: isAdmin });
    const headers = { origin: one.origin, host: `localhost:${one.port}` };
    const ticket = await one.ticket(ADMIN);
    expect(await other.handshake(ticket, headers)).toBe(403);
    expect(await two.handshake(ticket, headers)).toBe(101);
  });

  it("end after half a minute", async () => {
    const inspected = await serve({ authorize: isAdmin });
    const ticket = await inspected.ticket(ADMIN);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    undo.push(() => vi.useRealTimers());
    expect(await inspected.handshake(ticket)).toBe(403);
  });

  it("are not needed by more than maxViewers", async () => {
    const inspected = await serve({ authorize: isAdmin, maxViewers: 1 });
    const socket = inspected.open(await inspected.ticket(ADMIN));
    await once(socket, "open");
    expect(await inspected.handshake(await inspected.ticket(ADMIN))).toBe(503);
    socket.close();
    await closed(socket);
    await expect.poll(async () => inspected.handshake(await inspected.ticket(ADMIN))).toBe(101);
  });
});

describe("the page's client", () => {
  /** A client as the page has it, in a browser of this origin. */
  function client(inspected: Inspected, headers: Record<string, string>): Socket<InspectorSocket> {
    const { origin, port } = inspected;
    class Transport extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: { "user-agent": "test", origin, host: `localhost:${port}` } });
      }
    }
    const socket = new Socket<InspectorSocket>(`ws://127.0.0.1:${port}/inspector/socket`, {
      transport: Transport as never,
      authToken: () => inspected.ticket(headers),
    });
    undo.push(() => socket.disconnect());
    socket.connect();
    return socket;
  }

  it("sees and does what authorize says, and the audit has it", async () => {
    const opened = heard("inspector.opened");
    const tapped = heard("inspector.tapped");
    const acted = heard("inspector.action");
    const ada: InspectorUser = { user: "ada", may: ["payloads", "disconnect"] };
    const inspected = await serve({ authorize: (request) => isAdmin(request) && ada });
    const socket = client(inspected, ADMIN);
    const actions = socket.channel("actions");
    expect(await actions.join()).toMatchObject({ user: "ada", may: ["payloads", "disconnect"] });
    const view = socket.channel("view:overview", { query: {} });
    const answer = new Promise((resolve) => view.on("answer", resolve));
    await view.join();
    expect(await answer).toMatchObject({ view: "overview", nodes: ["here"] });

    await socket.channel("tap:1", { target: { topic: "room:1" }, reveal: true }).join();
    expect(await actions.push("act", { action: "disconnect", connection: { node: "here", key: 7 } })).toEqual({
      found: true,
    });
    const who = { endpoint: inspected.endpoint, user: "ada", address: "127.0.0.1" };
    await expect.poll(() => tapped).toEqual([{ ...who, target: "topic room:1", reveal: true }]);
    expect(opened).toEqual([who]);
    expect(acted).toEqual([{ ...who, action: "disconnect", target: "connection 7 of here", outcome: "done" }]);
  });

  it("is asked for again when its login ends, and goes when it may not stay", async () => {
    const logins: (InspectorUser | false)[] = [{ user: "ada", expiresAt: Date.now() + 2_000 }, { user: "ada" }];
    const inspected = await serve({ authorize: () => logins.shift() ?? false });
    const socket = client(inspected, {});
    await socket.channel("actions").join();
    await expect.poll(() => logins).toEqual([]);
    expect(socket.isConnected()).toBe(true);
  });

  it("is closed when its login ends and is not renewed", async () => {
    const inspected = await serve({ authorize: () => ({ user: "ada", expiresAt: Date.now() + 500 }) });
    const socket = inspected.open(await inspected.ticket());
    expect(await closed(socket)).toBe(4401);
  });
});
