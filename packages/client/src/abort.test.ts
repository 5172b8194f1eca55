/** Pushes and joins that an AbortSignal takes back. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heard, setUpJoined, setUpOpen, settled } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tick = () => vi.advanceTimersByTimeAsync(0);
const says = (sent: readonly (readonly unknown[])[]) => sent.filter(([, , , event]) => event === "say");

describe("an AbortSignal", () => {
  it("takes back a push that waits for the join: it is never sent", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    const controller = new AbortController();
    const push = channel.push("say", {}, { signal: controller.signal });
    const [outcome, calls] = [settled(push), heard(push)];
    controller.abort("changed my mind");
    server().reply();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([outcome.now, says(server().sent), channel.pushBuffer.size, calls]).toEqual(["aborted", [], 0, []]);
    await expect(push).rejects.toMatchObject({
      message: '"say" on "room:1" failed: aborted',
      cause: "changed my mind",
    });
  });

  it("ends the waiting for an answer; the answer is ignored", async () => {
    const { server, channel } = setUpJoined();
    const controller = new AbortController();
    const push = channel.push("say", {}, { signal: controller.signal });
    const [outcome, calls] = [settled(push), heard(push)];
    controller.abort();
    server().reply();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([outcome.now, calls]).toEqual(["aborted", []]);
  });

  it("that has aborted before sends nothing", async () => {
    const { server, channel } = setUpJoined();
    const outcome = settled(channel.push("say", {}, { signal: AbortSignal.abort() }));
    await tick();
    expect([outcome.now, says(server().sent)]).toEqual(["aborted", []]);
  });

  it("that comes after the answer changes nothing, and is not held on to", async () => {
    const { server, channel } = setUpJoined();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const push = channel.push("say", {}, { signal: controller.signal });
    server().reply();
    expect(removed).toHaveBeenCalledOnce();
    controller.abort();
    expect(await push).toEqual({});
  });

  it("of a join leaves the channel, on the server too", async () => {
    const { socket, server } = setUpOpen();
    const controller = new AbortController();
    const channel = socket.channel("room:1");
    const join = settled(channel.join({ signal: controller.signal }));
    controller.abort();
    server().reply("ok", {}, ["1", "1", "room:1", "phx_join", {}]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([join.now, channel.state, socket.channels]).toEqual(["aborted", "closed", []]);
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join", "phx_leave"]);
  });

  it("of a join that has aborted before joins nothing", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    const join = settled(channel.join({ signal: AbortSignal.abort() }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect([join.now, channel.state, server().sent]).toEqual(["aborted", "closed", []]);
  });

  it("of a join leaves a channel alone that has joined", () => {
    const { socket, server } = setUpOpen();
    const controller = new AbortController();
    const channel = socket.channel("room:1");
    channel.join({ signal: controller.signal });
    server().reply();
    controller.abort();
    expect(channel.state).toBe("joined");
  });
});
