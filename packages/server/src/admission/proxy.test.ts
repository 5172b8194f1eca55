import { describe, expect, it } from "vitest";
import { senderFinder } from "./proxy.ts";
import type { TrustProxy } from "./proxy.ts";
import type { Visit } from "./visit.ts";

type Headers = Readonly<Record<string, string>>;

const visit = (headers: Headers, address = "10.0.0.1", encrypted = false): Visit => ({
  method: "GET",
  url: "/",
  headers: { host: "node7.internal:4000", ...headers },
  peer: { address, port: 5000, encrypted },
  native: undefined,
  onGone: () => () => {},
});

function senderOf(trust: TrustProxy, ...from: Parameters<typeof visit>) {
  const { address, port, scheme, host } = senderFinder(trust)(visit(...from));
  return { address, port, scheme, host };
}
const forwarded = (...entries: string[]): Headers => ({ "x-forwarded-for": entries.join(", ") });
const FAR = "198.51.100.9";

describe("the sender", () => {
  it("is the other end of the TCP connection when no proxy is trusted, whatever headers say", () => {
    const headers = { ...forwarded(FAR), "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" };
    const near = { address: "10.0.0.1", port: 5000, scheme: "http", host: "node7.internal:4000" };
    expect(senderOf(false, headers)).toEqual(near);
    expect(senderOf(0, headers)).toEqual(near);
    expect(senderOf(["10.0.0.2"], headers)).toEqual(near);
    expect(senderOf(false, {}, "::ffff:10.0.0.1", true)).toEqual({ ...near, scheme: "https" });
  });

  it.each<[string, TrustProxy, string[], string]>([
    ["one proxy: its entry, the last", 1, [FAR, "192.0.2.1"], "192.0.2.1"],
    ["two proxies", 2, [FAR, "192.0.2.1", "10.0.0.2"], "192.0.2.1"],
    ["more proxies than entries: the first", 3, ["192.0.2.1"], "192.0.2.1"],
    ["proxies by network", ["10.0.0.0/8"], [FAR, "192.0.2.1", "10.9.9.9"], "192.0.2.1"],
    ["proxies by address", ["10.0.0.1", "10.0.0.2"], [FAR, "192.0.2.1", "10.0.0.2"], "192.0.2.1"],
    ["an entry that pretends to be a proxy's", ["10.0.0.0/8"], ["10.1.1.1", "192.0.2.1"], "192.0.2.1"],
    ["nothing but proxies", ["10.0.0.0/8"], ["10.1.1.1", "10.2.2.2"], "10.1.1.1"],
    ["IPv6 networks", ["10.0.0.1", "2001:db8::/32"], ["2001:db9::7", "2001:db8::1"], "2001:db9::7"],
    ["everybody: the first", true, ["192.0.2.1", FAR], "192.0.2.1"],
    ["an entry that is no address: the proxy before it", 2, ["192.0.2.1", "unknown"], "10.0.0.1"],
    ["no entry at all", 1, [], "10.0.0.1"],
    ["IPv4 as IPv6", ["10.0.0.0/8"], [FAR, "::ffff:192.0.2.1", "::ffff:10.0.0.2"], "192.0.2.1"],
  ])("is found behind %s", (_what, trust, entries, address) => {
    expect(senderOf(trust, forwarded(...entries)).address).toBe(address);
    expect(senderOf(trust, forwarded(...entries), "::ffff:10.0.0.1").address).toBe(address);
  });

  it.each([
    ["192.0.2.1:4711", "192.0.2.1", 4711],
    ["[2001:db8::1]:4711", "2001:db8::1", 4711],
    ["[2001:db8::1]", "2001:db8::1", 0],
    ["2001:db8::1", "2001:db8::1", 0],
    ["192.0.2.1", "192.0.2.1", 0],
  ])("is read from %s", (entry, address, port) => {
    expect(senderOf(1, forwarded(entry))).toMatchObject({ address, port });
  });

  it("has the scheme and host that the trusted proxy said, not those that the client said before it", () => {
    const headers = {
      ...forwarded(FAR, "192.0.2.1"),
      "x-forwarded-proto": "http, https",
      "x-forwarded-host": "evil.example, www.example.com",
    };
    expect(senderOf(1, headers)).toMatchObject({ scheme: "https", host: "www.example.com" });
    expect(senderOf(true, headers)).toMatchObject({ scheme: "http", host: "evil.example" });
    const overwritten = { ...forwarded(FAR, "192.0.2.1"), "x-forwarded-proto": "https" };
    expect(senderOf(2, overwritten)).toMatchObject({ scheme: "https", host: "node7.internal:4000" });
    expect(senderOf(1, { "x-forwarded-proto": "wss" })).toMatchObject({ scheme: "https", address: "10.0.0.1" });
    expect(senderOf(1, forwarded(FAR), "10.0.0.1", true)).toMatchObject({ scheme: "https" });
  });
});

describe("trustProxy", () => {
  it.each<[TrustProxy, string]>([
    [["proxy.internal"], 'trustProxy has "proxy.internal"'],
    [["10.0.0.0/33"], 'trustProxy has "10.0.0.0/33"'],
    [["10.0.0.0/"], 'trustProxy has "10.0.0.0/"'],
    [["::1/x"], 'trustProxy has "::1/x"'],
    [1.5, "trustProxy is 1.5"],
    [-1, "trustProxy is -1"],
  ])("%j is refused", (option, message) => {
    expect(() => senderFinder(option)).toThrow(
      expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) }),
    );
  });
});
