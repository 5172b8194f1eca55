/** Transports that break their promises: the socket always comes back. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeTransports, reports, setUp, setUpJoined, setUpOpen, spy } from "../../test/fake-transport.ts";
import type { FakeTransport } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Time for an attempt that has failed and the pause before the next. */
const pause = () => vi.advanceTimersByTimeAsync(20);

describe("a transport", () => {
  it.each([0, 1, 2, 3])("that only fires error, in readyState %i, has ended", async (readyState) => {
    const { socket, made, server } = setUpOpen();
    const closes = spy();
    socket.onClose(closes);
    server().readyState = readyState;
    server().error(new Error("lost"));
    server().error(new Error("lost again"));
    await pause();
    expect(made).toHaveLength(2);
    expect(closes.mock.calls).toEqual([[{ code: 1006, reason: "connection_error", wasClean: false }]]);
  });

  it("whose close follows its error is told of by that close alone", async () => {
    const { socket, made, server } = setUpOpen();
    const closes = spy();
    socket.onClose(closes);
    server().error(new Error("protocol error"));
    server().drop(1002, "why");
    server().drop(1002, "why");
    await pause();
    expect([made.length, closes.mock.calls]).toEqual([2, [[{ code: 1002, reason: "why", wasClean: false }]]]);
  });

  it("that never answers is given up after connectTimeout, by default the timeout of pushes", async () => {
    for (const options of [{ connectTimeout: 300 }, { timeout: 300, connectTimeout: undefined }]) {
      const { socket, made, server } = setUp(options);
      const [errors, closes] = [spy(), spy()];
      socket.onError(errors);
      socket.onClose(closes);
      socket.connect();
      server().answersClose = false;
      await vi.advanceTimersByTimeAsync(299);
      expect([made.length, errors.mock.calls.length]).toEqual([1, 0]);
      await vi.advanceTimersByTimeAsync(11);
      expect([made.length, made[0]?.closes.length]).toEqual([2, 1]);
      expect(String(errors.mock.calls[0]?.[0])).toBe("Error: connect timeout");
      expect(closes.mock.calls).toEqual([[{ code: 1006, reason: "connect timeout", wasClean: false }]]);
      server().open();
      await vi.advanceTimersByTimeAsync(5000);
      expect([made.length, socket.isConnected()]).toEqual([2, true]);
    }
  });

  it("is not waited for when params or a token never come", async () => {
    for (const name of ["params", "authToken"] as const) {
      let isStuck = true;
      const provide = () => (isStuck ? new Promise<never>(() => {}) : Promise.resolve(undefined));
      const { socket, made } = setUp({ [name]: provide, connectTimeout: 300 });
      socket.connect();
      await vi.advanceTimersByTimeAsync(299);
      expect(socket.connectionState()).toBe("connecting");
      isStuck = false;
      await pause();
      expect(made).toHaveLength(1);
    }
  });

  it("that throws when it sends has failed, and so have its pushes: nobody is thrown at", async () => {
    const { made, server, channel } = setUpJoined();
    server().send = () => {
      throw new Error("InvalidStateError");
    };
    const failure = channel.push("say").catch(({ reason }) => reason);
    await pause();
    expect([made.length, await failure]).toEqual([2, "closed"]);
    server().open();
    expect(server().last.slice(2, 4)).toEqual(["room:1", "phx_join"]);
  });

  it("that throws when it closes has ended all the same", async () => {
    const errors = reports();
    const throwing = () => {
      throw new Error("cannot close");
    };
    const { socket, server } = setUpOpen();
    server().close = throwing;
    const done = spy();
    socket.disconnect(done, 999);
    await vi.advanceTimersByTimeAsync(2000);
    expect([done.mock.calls.length, socket.conn, errors.length]).toEqual([1, undefined, 2]);
    const dead = setUpOpen({ heartbeatIntervalMs: 1000 });
    dead.server().close = throwing;
    await vi.advanceTimersByTimeAsync(2020);
    expect(dead.made).toHaveLength(2);
  });

  it("is closed without the code that it does not allow", async () => {
    const errors = reports();
    const { socket, server } = setUpOpen();
    const { close } = server();
    server().close = function (this: FakeTransport, code?: number) {
      if (code !== undefined) throw new Error("InvalidAccessError");
      close.call(this);
    };
    socket.disconnect(undefined, 1001);
    await vi.advanceTimersByTimeAsync(200);
    expect([server().closes, errors]).toEqual([[[undefined, undefined]], [new Error("InvalidAccessError")]]);
  });

  it("may close before it opens, open twice, and speak after its end", async () => {
    const { socket, made, server } = setUp();
    const [opens, messages] = [spy(), spy()];
    socket.onOpen(opens);
    socket.onMessage(messages);
    socket.connect();
    server().drop();
    await pause();
    const channel = socket.channel("room:1");
    channel.join();
    server().open();
    server().open();
    made[0]?.open();
    made[0]?.receive(null, null, "room:1", "late", {});
    expect([opens.mock.calls.length, messages.mock.calls.length, server().sent.length]).toEqual([1, 0, 1]);
  });

  it("may fire its events without an argument", async () => {
    const { socket, made, server } = setUpOpen();
    const closes = spy();
    socket.onClose(closes);
    (server().onclose as (() => void) | null)?.();
    await pause();
    expect([made.length, closes.mock.calls]).toEqual([2, [[{ code: 1006, reason: "" }]]]);
    server().open();
    (server().onmessage as (() => void) | null)?.();
    await pause();
    expect(made).toHaveLength(3);
  });

  it("whose constructor throws at a reconnect, or when the page returns, is tried again", async () => {
    const { Fake, made } = fakeTransports();
    let isBroken = false;
    const Sometimes = class extends Fake {
      constructor(url: string) {
        if (isBroken) throw new Error("out of sockets");
        super(url);
      }
    };
    const { socket } = setUp({ transport: Sometimes });
    socket.connect();
    isBroken = true;
    made[0]?.fail();
    await vi.advanceTimersByTimeAsync(100);
    isBroken = false;
    await pause();
    expect(made).toHaveLength(2);
  });
});

describe("pauses between reconnects", () => {
  it("grow while connections open and end without having answered", async () => {
    const tries: number[] = [];
    const { socket, server } = setUp({ reconnectAfterMs: (count) => (tries.push(count), 10) });
    socket.connect();
    for (let count = 0; count < 5; count++) {
      server().open();
      server().receive(null, null, "room:1", "news", {});
      server().drop(1000);
      await pause();
    }
    expect(tries).toEqual([1, 2, 3, 4, 5]);
  });
});
