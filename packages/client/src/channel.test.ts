/** A channel's states, callbacks and end. Joins and pushes have tests of their own. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heard, reports, settled, setUp, setUpJoined, setUpOpen, spy } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a new channel", () => {
  it("is closed, has the timeout of its socket, and has sent nothing", () => {
    const { socket, server } = setUpOpen({ timeout: 1234 });
    const channel = socket.channel("room:1", { one: "two" });
    expect(channel).toMatchObject({ state: "closed", topic: "room:1", params: { one: "two" }, timeout: 1234 });
    expect([channel.joinedOnce, channel.joinRef(), channel.pushBuffer.size]).toEqual([false, null, 0]);
    expect(channel.isClosed()).toBe(true);
    expect(server().sent).toEqual([]);
  });

  it("prepares its join: the event, the timeout, the params as they are then", () => {
    const { socket, server } = setUpOpen({ timeout: 1234 });
    const channel = socket.channel("room:1", { one: "two" });
    expect(channel.joinPush).toMatchObject({ event: "phx_join", timeout: 1234, ref: null });
    channel.join();
    expect(server().last).toEqual(["1", "1", "room:1", "phx_join", { one: "two" }]);
  });
});

describe("on and off", () => {
  it("call back for the event, with payload, ref and join_ref", () => {
    const { server, channel } = setUpJoined();
    const news = spy();
    channel.on("news", news);
    server().receive(null, null, "room:1", "news", { n: 1 });
    expect(news.mock.calls).toEqual([[{ n: 1 }, null, "1"]]);
  });

  it("leave callbacks of other events alone", () => {
    const { server, channel } = setUpJoined();
    const [news, other] = [spy(), spy()];
    channel.on("news", news);
    channel.on("other", other);
    server().receive(null, null, "room:1", "news", {});
    expect([news.mock.calls.length, other.mock.calls.length]).toEqual([1, 0]);
  });

  it("give a ref of its own to each callback", () => {
    const { socket } = setUp();
    const channel = socket.channel("room:1");
    const refs = [channel.on("a", () => {}), channel.on("a", () => {}), channel.on("b", () => {})];
    expect(refs.map(Number)).toEqual([...new Set(refs.map(Number))]);
    expect(refs.map((ref) => `${Number(ref) + 1}`)).toEqual(refs.map((ref) => `${1 + +ref}`));
  });

  it("call all callbacks that an event had, also when one changes them meanwhile", () => {
    const { server, channel } = setUpJoined();
    const calls: string[] = [];
    const first = channel.on("news", () => {
      calls.push("first");
      channel.on("news", () => calls.push("added"));
      channel.off("news", first);
    });
    channel.on("news", () => calls.push("second"));
    server().receive(null, null, "room:1", "news", {});
    expect(calls).toEqual(["first", "second"]);
    server().receive(null, null, "room:1", "news", {});
    expect(calls).toEqual(["first", "second", "second", "added"]);
  });

  it("remove all callbacks of an event", () => {
    const { server, channel } = setUpJoined();
    const calls: string[] = [];
    channel.on("news", () => calls.push("news"));
    channel.on("news", () => calls.push("news"));
    channel.on("other", () => calls.push("other"));
    channel.off("news");
    for (const event of ["news", "other"]) server().receive(null, null, "room:1", event, {});
    expect(calls).toEqual(["other"]);
  });

  it("remove one callback by its ref, given to off or called, as an object or a number", () => {
    const { server, channel } = setUpJoined();
    const calls: string[] = [];
    const refs = ["a", "b", "c", "d"].map((name) => channel.on("news", () => calls.push(name)));
    channel.off("news", refs[0]);
    channel.off("news", Number(refs[1]));
    refs[2]?.();
    refs[2]?.();
    server().receive(null, null, "room:1", "news", {});
    expect(calls).toEqual(["d"]);
    channel.off("unknown", 7);
  });

  it("stop with an AbortSignal, and never start with one that has aborted", () => {
    const { server, channel } = setUpJoined();
    const news = spy();
    const controller = new AbortController();
    channel.on("news", news, { signal: controller.signal });
    channel.on("news", news, { signal: AbortSignal.abort() });
    server().receive(null, null, "room:1", "news", {});
    expect(news).toHaveBeenCalledOnce();
    controller.abort();
    server().receive(null, null, "room:1", "news", {});
    expect(news).toHaveBeenCalledOnce();
  });

  it("leave nothing at a signal when the ref is called", () => {
    const { socket } = setUp();
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    socket.channel("room:1").on("news", () => {}, { signal })();
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe("onMessage of a channel", () => {
  it("returns the payload as it is, by default", () => {
    const { socket } = setUp();
    const payload = { one: "two" };
    expect(socket.channel("room:1").onMessage("event", payload, null, null)).toBe(payload);
  });

  it("may be replaced: callbacks and replies get what it returns", () => {
    const { server, channel } = setUpJoined();
    const seen: unknown[] = [];
    channel.onMessage = (event, payload, ref, joinRef) => {
      seen.push([event, ref, joinRef]);
      return event === "phx_reply" ? { status: "ok", response: "changed" } : { changed: payload };
    };
    const calls: unknown[] = [];
    channel.on("news", (payload) => calls.push(payload));
    channel.push("ask", {}).receive("ok", (response) => calls.push(response));
    server().receive(null, null, "room:1", "news", { n: 1 });
    server().reply("ok", {});
    expect(calls).toEqual([{ changed: { n: 1 } }, "changed"]);
    expect(seen).toEqual([
      ["news", null, null],
      ["phx_reply", "2", "1"],
    ]);
  });

  it("must return the payload", () => {
    const { server, channel } = setUpJoined();
    const errors = reports();
    const news = spy();
    channel.on("news", news);
    channel.onMessage = () => undefined;
    server().receive(null, null, "room:1", "news", { n: 1 });
    expect(errors).toEqual([new Error("onMessage must return the payload")]);
    expect(news).not.toHaveBeenCalled();
    channel.onMessage = (_event, payload) => payload;
  });
});

describe("canPush", () => {
  it("is true when the socket is connected and the channel has joined", () => {
    expect(setUpJoined().channel.canPush()).toBe(true);
  });

  it("is false otherwise", () => {
    const { socket, server, channel } = setUpJoined();
    expect(socket.channel("room:2").canPush()).toBe(false);
    server().readyState = 2;
    expect(channel.canPush()).toBe(false);
    server().drop();
    expect(channel.canPush()).toBe(false);
  });
});

describe("an error of a channel", () => {
  it.each(["joined", "joining"])(
    "is a crash on the server while it is %s: it tells why, and rejoins",
    async (state) => {
      const { server, channel } = state === "joined" ? setUpJoined() : joining();
      const errors = spy();
      channel.onError(errors);
      server().receive("1", "1", "room:1", "phx_error", { reason: "channel_crash" });
      expect(channel.state).toBe("errored");
      expect(errors.mock.calls).toEqual([[{ reason: "channel_crash" }, "1", "1"]]);
      await vi.advanceTimersByTimeAsync(1000);
      expect([channel.state, server().last]).toEqual(["joining", ["2", "2", "room:1", "phx_join", {}]]);
    },
  );

  function joining(): ReturnType<typeof setUpJoined> {
    const setup = setUpOpen();
    const channel = setup.socket.channel("room:1");
    channel.join();
    return { ...setup, channel };
  }

  it.each(["joined", "joining"])("is the loss of the connection while it is %s, told once", async (state) => {
    const { server, channel } = state === "joined" ? setUpJoined() : joining();
    const errors = spy();
    channel.onError(errors);
    server().drop();
    expect(channel.state).toBe("errored");
    await vi.advanceTimersByTimeAsync(10);
    server().fail();
    await vi.advanceTimersByTimeAsync(10);
    server().fail();
    expect(errors.mock.calls).toEqual([[{ source: "transport", reason: "connection_closed" }, null, "1"]]);
  });

  it("is an error of the transport while it is joined, or joining with a connection", () => {
    for (const { server, channel } of [setUpJoined(), joining()]) {
      const errors = spy();
      channel.onError(errors);
      server().fail();
      expect(errors.mock.calls).toEqual([[{ source: "transport", reason: "connection_error" }, null, "1"]]);
      expect(channel.state).toBe("errored");
    }
  });

  it("is a connection that cannot be made while it waits for one", () => {
    const { socket, server } = setUp();
    const channel = socket.channel("room:1");
    const errors = spy();
    channel.onError(errors);
    socket.connect();
    channel.join();
    server().fail();
    expect(channel.state).toBe("errored");
    expect(errors.mock.calls).toEqual([[{ source: "transport", reason: "connection_error" }, null, null]]);
  });

  it("does not come to a channel that has been left", () => {
    const { server, channel } = setUpJoined();
    const errors = spy();
    channel.onError(errors);
    channel.leave();
    server().fail();
    channel.trigger("phx_error", { reason: "late" });
    expect([errors.mock.calls.length, channel.state]).toEqual([0, "closed"]);
  });

  it("makes no channel rejoin that was left, or was closed by the server", async () => {
    const { socket, server, channel } = setUpJoined();
    const second = socket.channel("room:2");
    second.join();
    server().reply();
    channel.leave();
    server().receive("2", "2", "room:2", "phx_close", {});
    for (const each of [channel, second]) each.trigger("phx_error", {});
    const before = server().sent.length;
    await vi.advanceTimersByTimeAsync(60_000);
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([before, server().sent]).toEqual([3, []]);
    expect([channel.state, second.state]).toEqual(["closed", "closed"]);
  });
});

describe("a channel that the server closes", () => {
  it("is closed, tells onClose, and is forgotten by the socket", () => {
    const { socket, server, channel } = setUpJoined();
    const closes: unknown[] = [];
    channel.onClose((...args) => closes.push(["first", ...args]));
    channel.on("phx_close", () => closes.push(["second"]));
    server().receive("1", "1", "room:1", "phx_close", { why: "x" });
    expect(channel.state).toBe("closed");
    expect(closes).toEqual([["first", { why: "x" }, "1", "1"], ["second"]]);
    expect(socket.channels).toEqual([]);
  });

  it("never rejoins", async () => {
    const { server, channel } = setUpJoined();
    server().receive("1", "1", "room:1", "phx_error", {});
    server().receive("1", "1", "room:1", "phx_close", {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect([channel.state, server().sent.filter(([, , topic]) => topic === "room:1").length]).toEqual(["closed", 1]);
  });

  it("fails what was waiting for an answer, in the channel and in its buffer", async () => {
    const { server, channel } = setUpJoined();
    const sent = settled(channel.push("ask", {}));
    server().receive("1", "1", "room:1", "phx_close", {});
    const late = channel.push("late", {});
    const [outcome, calls] = [settled(late), heard(late)];
    await vi.advanceTimersByTimeAsync(0);
    expect([sent.now, outcome.now, channel.pushBuffer.size, calls]).toEqual(["closed", "closed", 0, []]);
    // Hooks know no such end, as in phoenix.js.
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual(["timeout {}"]);
    const joining = setUpOpen();
    const second = joining.socket.channel("room:1");
    const [join, early] = [settled(second.join()), settled(second.push("early", {}))];
    joining.server().receive("1", "1", "room:1", "phx_close", {});
    await vi.advanceTimersByTimeAsync(0);
    expect([join.now, early.now, second.pushBuffer.size]).toEqual(["closed", "closed", 0]);
  });
});

describe("leaving", () => {
  it("tells the server, closes the channel at once, and the push has its ok already", async () => {
    const { socket, server, channel } = setUpJoined();
    const closes: unknown[] = [];
    channel.onClose((payload) => closes.push([payload, channel.state]));
    const push = channel.leave();
    expect(server().last).toEqual(["1", "2", "room:1", "phx_leave", {}]);
    expect(closes).toEqual([["leave", "closed"]]);
    expect(socket.channels).toEqual([]);
    const ok = spy();
    push.receive("ok", ok);
    expect(ok.mock.calls).toEqual([[{}]]);
    expect(await push).toEqual({});
    server().reply();
    server().receive("1", "1", "room:1", "phx_close", {});
    expect([closes.length, ok.mock.calls.length, channel.state]).toEqual([1, 1, "closed"]);
  });

  it("ends the callbacks: nothing of the topic comes any more", () => {
    const { server, channel } = setUpJoined();
    const news = spy();
    channel.on("news", news);
    channel.leave();
    server().receive(null, null, "room:1", "news", {});
    expect(news).not.toHaveBeenCalled();
  });

  it("sends nothing when the server does not know the channel, then or later", async () => {
    const { socket, server } = setUp();
    const channel = socket.channel("room:1");
    channel.join();
    channel.leave();
    socket.channel("room:2").leave();
    socket.connect();
    server().open();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([server().sent, socket.sendBuffer]).toEqual([[], []]);
    const lost = setUpJoined();
    lost.server().drop();
    lost.channel.leave();
    await vi.advanceTimersByTimeAsync(10);
    lost.server().open();
    expect(lost.server().sent).toEqual([]);
  });

  it("twice tells the server once", () => {
    const { server, channel } = setUpJoined();
    channel.leave();
    channel.leave();
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join", "phx_leave"]);
  });

  it("while joining tells the server, and the late answer changes nothing", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const join = settled(channel.join());
    const request = server().last;
    channel.leave();
    server().reply("ok", {}, request);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join", "phx_leave"]);
    expect([channel.state, join.now]).toEqual(["closed", "closed"]);
  });
});
