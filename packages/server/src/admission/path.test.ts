import { describe, expect, it } from "vitest";
import { pathMatcher } from "./path.ts";

describe("a mount path", () => {
  it.each([
    ["/socket", "/websocket", "/socket/websocket", {}],
    ["/socket/", "/websocket", "/socket/websocket/", {}],
    ["/", "/websocket", "/websocket", {}],
    ["/app/:tenant", "/ws/:user_id", "/app/acme/ws/7", { tenant: "acme", user_id: "7" }],
    ["/app/:tenant", "/ws", "/app/a%20b%2Fc/ws", { tenant: "a b/c" }],
    ["/app/:tenant", "/ws", "/app/100%/ws", { tenant: "100%" }],
    ["/app/:_ignored", "/ws", "/app/x/ws", {}],
  ])("%s with %s takes %s", (mount, transport, path, params) => {
    expect(pathMatcher(mount, transport)(path)).toEqual(params);
  });

  it.each([
    ["/socket", "/websocket", "/socket"],
    ["/socket", "/websocket", "/socket/websocket/more"],
    ["/socket", "/websocket", "/Socket/websocket"],
    ["/socket", "/websocket", "/"],
    ["/app/:tenant", "/ws", "/app//ws"],
  ])("%s with %s does not take %s", (mount, transport, path) => {
    expect(pathMatcher(mount, transport)(path)).toBeUndefined();
  });
});
