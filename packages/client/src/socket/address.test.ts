/** Where a socket connects to: its endpoint, the page's host, the params. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { setUp } from "../../test/fake-transport.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const page = (href: string) => vi.stubGlobal("location", new URL(href));

describe("the address of a connection", () => {
  const address = (endPoint: string, params?: Record<string, unknown>): string =>
    setUp(params === undefined ? {} : { params }, endPoint).socket.endPointURL();

  it("is the endpoint as given when it is a full URL", () => {
    expect(address("wss://example.com/chat")).toBe("wss://example.com/chat/websocket?vsn=2.0.0&wingbeat=1");
  });

  it("takes http for ws, and https for wss", () => {
    expect(address("http://example.com/chat")).toBe("ws://example.com/chat/websocket?vsn=2.0.0&wingbeat=1");
    expect(address("https://example.com/chat")).toBe("wss://example.com/chat/websocket?vsn=2.0.0&wingbeat=1");
  });

  it("is on the page's protocol when the endpoint begins with //", () => {
    page("https://example.com/");
    expect(address("//example.org/chat")).toBe("wss://example.org/chat/websocket?vsn=2.0.0&wingbeat=1");
  });

  it("is on the page's host when the endpoint is a path: wss on an https page", () => {
    page("https://example.com:8443/");
    expect(address("/socket")).toBe("wss://example.com:8443/socket/websocket?vsn=2.0.0&wingbeat=1");
    expect(setUp().socket.protocol()).toBe("wss");
  });

  it("is on the page's host when the endpoint is a path: ws on an http page", () => {
    page("http://example.com/");
    expect(address("/socket")).toBe("ws://example.com/socket/websocket?vsn=2.0.0&wingbeat=1");
    expect(setUp().socket.protocol()).toBe("ws");
  });

  it("is refused when it is relative and there is no page", () => {
    expect(() => setUp({}, "/socket").socket.connect()).toThrow('"/socket/websocket" has no host');
  });

  it("carries params, nested ones as a[b], and leaves out null and undefined", () => {
    const params = {
      token: "a b&c",
      user: { id: 7, tags: ["x", "ü"] },
      none: null,
      gone: undefined,
      off: false,
      zero: 0,
    };
    expect(address("ws://server/socket", params)).toBe(
      "ws://server/socket/websocket?token=a%20b%26c&user%5Bid%5D=7&user%5Btags%5D%5B0%5D=x&user%5Btags%5D%5B1%5D=%C3%BC&off=false&zero=0&vsn=2.0.0&wingbeat=1",
    );
  });

  it("is that of phoenix.js without extensions", () => {
    const { socket } = setUp({ extensions: false, params: { a: 1 } }, "ws://server/socket");
    expect(socket.endPointURL()).toBe("ws://server/socket/websocket?a=1&vsn=2.0.0");
  });

  it("goes on after a query that the endpoint has", () => {
    const { socket } = setUp({ vsn: "2.0.1" }, "ws://server/socket");
    Object.assign(socket, { endPoint: "ws://server/socket/websocket?a=1" });
    expect(socket.endPointURL()).toBe("ws://server/socket/websocket?a=1&vsn=2.0.1&wingbeat=1");
  });

  it("has params that are a function evaluated at every connection", async () => {
    vi.useFakeTimers();
    let count = 0;
    const { socket, made, server } = setUp({ params: () => ({ count: ++count }) });
    socket.connect();
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    expect(made.map(({ url }) => new URL(url).searchParams.get("count"))).toEqual(["1", "2"]);
  });
});
