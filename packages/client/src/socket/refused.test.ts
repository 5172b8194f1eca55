/** A socket whose server has refused it, and said why. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp, setUpOpen, settled, spy } from "../../test/fake-transport.ts";
import type { FakeTransport } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As a server refuses: the handshake, the message, the close frame. */
function refuse(server: FakeTransport, payload: unknown): void {
  server.open();
  server.receive(null, null, "phoenix", "wb_refused", payload);
  server.drop(4403, "refused", true);
}

describe("a socket that was refused", () => {
  it("calls back with the reason, says so, and stays away", async () => {
    const { socket, server, made } = setUp();
    const [refused, closed, failed] = [spy(), spy(), spy()];
    socket.onError(failed);
    socket.onRefused((reason) => refused(reason, socket.connectionState(), socket.isActive));
    socket.onClose(closed);
    socket.connect();
    refuse(server(), { reason: { why: "login" } });
    expect(refused.mock.calls).toEqual([[{ why: "login" }, "refused", false]]);
    expect(socket.refusal).toEqual({ reason: { why: "login" } });
    expect(failed.mock.calls).toEqual([[new Error("refused"), socket.transport, 1]]);
    expect(closed).toHaveBeenCalledWith(expect.objectContaining({ code: 4403 }));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(made).toHaveLength(1);
    expect(socket.connectionState()).toBe("refused");
  });

  it.each([
    ["refuse()", {}],
    ["garbage", null],
    ["other garbage", 7],
  ])("has no reason after %s", (_, payload) => {
    const { socket, server } = setUp();
    const refused = spy();
    socket.onRefused(refused);
    socket.connect();
    refuse(server(), payload);
    expect(refused.mock.calls).toEqual([[undefined]]);
    expect(socket.refusal).toEqual({ reason: undefined });
  });

  it("tries again when it is asked, with fresh params, and joins then", () => {
    let token = 0;
    const { socket, server, made } = setUp({ params: () => ({ token: ++token }) });
    const channel = socket.channel("room:1");
    channel.join();
    socket.connect();
    refuse(server(), { reason: "old token" });
    socket.connect();
    expect(socket.refusal).toBeUndefined();
    expect(socket.connectionState()).toBe("connecting");
    server().open();
    expect(made.map(({ url }) => new URL(url).searchParams.get("token"))).toEqual(["1", "2"]);
    server().reply();
    expect(channel.state).toBe("joined");
  });

  it("may be asked in the callback", () => {
    const { socket, server, made } = setUp();
    socket.onRefused(() => socket.connect());
    socket.connect();
    refuse(server(), {});
    expect(made).toHaveLength(2);
    server().open();
    expect(socket.isConnected()).toBe(true);
  });

  it("is closed after disconnect()", () => {
    const { socket, server } = setUp();
    socket.connect();
    refuse(server(), {});
    socket.disconnect();
    expect(socket.connectionState()).toBe("closed");
    expect(socket.refusal).toBeUndefined();
  });

  it("may have been connected before: its pushes fail, its channels wait", async () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    server().reply();
    const push = settled(channel.push("save", {}));
    server().receive(null, null, "phoenix", "wb_refused", { reason: "revoked" });
    server().drop(4403);
    await vi.advanceTimersByTimeAsync(0);
    expect(push.now).toBe("closed");
    expect(channel.state).toBe("errored");
  });

  it("does not read wb_refused of other topics, nor without extensions", () => {
    const refused = spy();
    const one = setUpOpen();
    one.socket.onRefused(refused);
    one.server().receive(null, null, "room:1", "wb_refused", {});
    const other = setUpOpen({ extensions: false });
    other.socket.onRefused(refused);
    other.server().receive(null, null, "phoenix", "wb_refused", {});
    expect(refused).not.toHaveBeenCalled();
  });

  it("does not call callbacks that were removed", () => {
    const { socket, server } = setUp();
    const refused = spy();
    const off = socket.onRefused(refused);
    socket.off([socket.onRefused(refused)]);
    off();
    socket.connect();
    refuse(server(), {});
    expect(refused).not.toHaveBeenCalled();
  });
});
