import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defineChannel, defineSocket, ok } from "wingbeat";
import { jsonApi, Refused } from "../src/json-api.ts";
import { startSite } from "../src/site.ts";
import type { Site } from "../src/site.ts";

let site: Site;
const routes = {
  "POST /api/echo": async ({ body, token }: { body: unknown; token: string | undefined }) => ({ body, token }),
  "GET /api/no": async () => {
    throw new Refused(403, "No.");
  },
  "GET /api/bug": async () => {
    throw new Error("a bug");
  },
};

beforeEach(async () => {
  const channel = defineChannel("room").join(() => ok());
  const example = {
    sockets: { "/socket": defineSocket({ connect: () => ok({}), channels: [channel] }) },
    web: new URL("../web/", import.meta.url),
    handler: jsonApi("/api/", routes),
  };
  site = await startSite({ examples: { "/": example }, port: 0, logger: false });
});
afterEach(() => site.close());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(`http://127.0.0.1:${site.port}${path}`, init);
  return [response.status, await response.json()];
}

const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
  ask("/api/echo?x=1", { method: "POST", body, headers });

it("hands over the body's JSON and the token", async () => {
  const headers = { "content-type": "application/json; charset=utf-8", authorization: "Bearer a.b-c" };
  expect(await post('{"a":["ä"]}', headers)).toEqual([200, { body: { a: ["ä"] }, token: "a.b-c" }]);
  expect(await post("")).toEqual([200, {}]);
});

it.each([
  ["what is no JSON", () => post("{"), 400, "The body must be JSON."],
  [
    "another type",
    () => post("{}", { "content-type": "text/plain" }),
    415,
    "Send JSON, with content-type: application/json.",
  ],
  ["too much", () => post("x".repeat(100_000)), 413, "The body is larger than 4096 bytes."],
  ["another path", () => ask("/api/none"), 404, "There is nothing here."],
  ["another method", () => ask("/api/echo"), 404, "There is nothing here."],
  ["what the handler refuses", () => ask("/api/no"), 403, "No."],
])("refuses %s with a sentence", async (_what, request, status, error) => {
  expect(await request()).toEqual([status, { error }]);
});

it("tells nothing of a handler's bug, but warns of it", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  expect(await ask("/api/bug")).toEqual([500, { error: "The server could not do that. Try again in a moment." }]);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "a bug" }));
});

it("leaves all other paths to the pages", async () => {
  const response = await fetch(`http://127.0.0.1:${site.port}/api`);
  expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
});
