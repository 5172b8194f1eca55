import { describe, expect, it } from "vitest";
import { originCheck as checkOf } from "./origin.ts";
import type { CheckOrigin } from "./origin.ts";
import { senderFinder } from "./proxy.ts";
import type { Visit } from "./visit.ts";

function originCheck(...options: Parameters<typeof checkOf>): (visit: Visit) => unknown {
  const check = checkOf(...options);
  return (visit) => check(visit, senderFinder(false)(visit));
}

function visitOf(origin: string | undefined, host: string | undefined = "example.com", encrypted = false): Visit {
  const peer = { address: "127.0.0.1", port: 5000, encrypted };
  return { method: "GET", url: "/", headers: { origin, host }, peer, native: undefined, onGone: () => () => {} };
}

const hostless = ["null", "file://", "", "example.com", "nonsense", "http:example.com"];

describe("a request without an origin", () => {
  it.each<CheckOrigin>([true, false, "conn", [], ["//other.com"], () => false])("is allowed with %j", (option) => {
    expect(originCheck(option, undefined)(visitOf(undefined))).toBe(true);
  });
});

describe("checkOrigin: false", () => {
  it.each(["https://evil.com", ...hostless])("allows %j", (origin) => {
    expect(originCheck(false, undefined)(visitOf(origin))).toBe(true);
  });
});

describe("checkOrigin: true", () => {
  it.each([
    ["http://example.com", "example.com", true],
    ["https://example.com:8443", "example.com:4000", true],
    ["HTTPS://Example.COM", "eXample.com", true],
    ["http://[::1]:3000", "[::1]:4000", true],
    ["http://sub.example.com", "example.com", false],
    ["http://example.com.evil.com", "example.com", false],
    ["http://example.org", "example.com", false],
    ["http://example.com", undefined, false],
  ])("%s to host %s: %s", (origin, host, allowed) => {
    expect(originCheck(true, undefined)(visitOf(origin, host ?? ""))).toBe(allowed);
  });

  it("compares with the endpoint's public host when there is one", () => {
    const check = originCheck(true, "www.example.com");
    expect(check(visitOf("https://www.example.com", "10.0.0.1:4000"))).toBe(true);
    expect(check(visitOf("https://10.0.0.1", "10.0.0.1:4000"))).toBe(false);
  });

  it.each(hostless)("refuses %j, which has no host", (origin) => {
    expect(originCheck(true, undefined)(visitOf(origin))).toBe(false);
  });
});

describe('checkOrigin: "conn"', () => {
  it.each([
    ["http://example.com", "example.com", false, true],
    ["http://example.com:80", "example.com", false, true],
    ["http://example.com", "example.com:80", false, true],
    ["http://example.com:4000", "example.com:4000", false, true],
    ["https://example.com", "example.com", true, true],
    ["https://example.com:443", "example.com", true, true],
    ["https://example.com", "example.com", false, false],
    ["http://example.com", "example.com", true, false],
    ["http://example.com:4000", "example.com", false, false],
    ["http://example.com", "example.com:4000", false, false],
    ["http://other.com", "example.com", false, false],
    ["ws://example.com", "example.com", false, false],
    ["//example.com", "example.com", false, false],
  ])("%s to host %s, TLS %s: %s", (origin, host, encrypted, allowed) => {
    expect(originCheck("conn", undefined)(visitOf(origin, host, encrypted))).toBe(allowed);
  });

  it.each(hostless)("refuses %j, which has no host", (origin) => {
    expect(originCheck("conn", undefined)(visitOf(origin))).toBe(false);
  });
});

describe("a list", () => {
  it.each([
    ["//example.com", "http://example.com", true],
    ["//example.com", "https://example.com:8443", true],
    ["//example.com:8443", "https://example.com:8443", true],
    ["//example.com:8443", "https://example.com", false],
    ["https://example.com", "https://example.com", true],
    ["https://example.com", "https://example.com:443", true],
    ["https://example.com", "https://example.com:8443", false],
    ["https://example.com", "http://example.com", false],
    ["https://example.com:8443", "https://example.com:8443", true],
    ["HTTPS://Example.com", "https://example.COM", true],
    ["//example.com", "http://www.example.com", false],
    ["//*.example.com", "http://example.com", true],
    ["//*.example.com", "http://www.example.com", true],
    ["//*.example.com", "http://a.b.example.com:9", true],
    ["//*.example.com", "http://prefix-example.com", false],
    ["//*.example.com", "http://example.com.evil.com", false],
    ["https://*.example.com", "http://www.example.com", false],
    ["custom://example.com", "custom://example.com:7", true],
  ])("with %s and origin %s: %s", (entry, origin, allowed) => {
    expect(originCheck([entry], undefined)(visitOf(origin))).toBe(allowed);
  });

  it("allows what one of its entries allows", () => {
    const check = originCheck(["//a.com", "//b.com"], undefined);
    expect(["http://a.com", "http://b.com", "http://example.com"].map((origin) => check(visitOf(origin)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each(hostless)("refuses %j, which has no host", (origin) => {
    expect(originCheck(["//example.com"], undefined)(visitOf(origin))).toBe(false);
  });

  it.each(["example.com", "https://", "", "*"])("with %j, which names no host, is refused at start", (entry) => {
    expect(() => originCheck([entry], undefined)).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });
});

describe("a function", () => {
  it("decides by origin and request, also over origins without a host", () => {
    const asked: string[] = [];
    const check = originCheck((origin, { headers }) => {
      asked.push(origin);
      return headers.host === "example.com" && origin !== "null";
    }, undefined);
    expect(check(visitOf("http://a.com"))).toBe(true);
    expect(check(visitOf("null"))).toBe(false);
    expect(check(visitOf("file://", "other.com"))).toBe(false);
    expect(asked).toEqual(["http://a.com", "null", "file://"]);
  });
});
