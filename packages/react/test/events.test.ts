// @vitest-environment happy-dom
import { act, cleanup, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { liveServer, person } from "../../client/test/bindings/live-server.ts";
import type { LiveServer } from "../../client/test/bindings/live-server.ts";
import { failOnComplaints, use, useChannel, useConnection, useEvent, usePresence } from "./page.ts";

let server: LiveServer;

failOnComplaints();
beforeEach(async () => {
  server = await liveServer();
});
afterEach(async () => {
  cleanup();
  await settled();
  await server.close();
});

describe("useEvent", () => {
  it.each([false, true])(
    "calls the callback of the last rendering, once for each event (StrictMode: %s)",
    async (strict) => {
      const got: string[] = [];
      const useMessages = (name: string) => {
        const room = useChannel("room:1");
        useEvent(room.channel, "new_msg", ({ body }) => got.push(`${name} got ${body}`));
        return room;
      };
      const { result, rerender } = use({ ...server, strict }, useMessages, "first");
      await waitFor(() => expect(result.current.state).toBe("joined"));
      const on = vi.spyOn(result.current.channel!, "on");
      await result.current.push("new_msg", { body: "one" });
      rerender("second");
      await result.current.push("new_msg", { body: "two" });
      expect(got).toEqual(["first got one", "second got two"]);
      expect(on).not.toHaveBeenCalled();
    },
  );

  it("hears the channel of the topic, and no more of the one before", async () => {
    const got: string[] = [];
    const useMessages = (id: string) => {
      const room = useChannel(`room:${id}`);
      useEvent(room.channel, "new_msg", ({ body }) => got.push(body));
      return room;
    };
    const { result, rerender } = use(server, useMessages, "1");
    await waitFor(() => expect(result.current.state).toBe("joined"));
    const before = result.current.channel;
    rerender("2");
    await waitFor(() => expect(result.current.state).toBe("joined"));
    before?.trigger("new_msg", { body: "from the past" });
    await result.current.push("new_msg", { body: "now" });
    expect(got).toEqual(["now"]);
  });

  it("hears what comes right after the join", async () => {
    const got = vi.fn<(state: unknown) => void>();
    const usePeople = () => useEvent(useChannel("people:1").channel, "presence_state", got);
    use(server, usePeople, undefined);
    await waitFor(() => expect(got).toHaveBeenCalledExactlyOnceWith({ ada: person("Ada", "phone") }));
  });
});

describe("usePresence", () => {
  const usePeople = () => {
    const people = useChannel("people:1");
    return { ...people, presence: usePresence(people.channel) };
  };

  it("lists who is there, and follows changes", async () => {
    const { result } = use({ ...server, strict: true }, usePeople, undefined);
    expect(result.current.presence).toEqual({ list: [], state: {}, count: 0, synced: false });
    await waitFor(() => expect(result.current.presence.synced).toBe(true));
    expect(result.current.presence.list).toEqual([{ key: "ada", ...person("Ada", "phone") }]);
    expect(result.current.presence.state["ada"]?.user.name).toBe("Ada");

    const { presence: before, push } = result.current;
    await act(() => push("diff", { joins: { bob: person("Bob", "desk") }, leaves: {} }));
    await waitFor(() => expect(result.current.presence.list.map(({ key }) => key)).toEqual(["ada", "bob"]));
    expect(result.current.presence.list[0]).toBe(before.list[0]);
    expect(before.list).toHaveLength(1);

    await act(() => push("diff", { joins: {}, leaves: { ada: person("Ada", "phone") } }));
    await waitFor(() => expect(result.current.presence.list.map(({ user }) => user.name)).toEqual(["Bob"]));
  });

  it("knows also in a component that comes long after the join", async () => {
    const usePeopleLater = (later: boolean) => {
      const { channel } = useChannel("people:1");
      return { channel, presence: usePresence(later ? channel : null) };
    };
    const { result, rerender } = use(server, usePeopleLater, false);
    await waitFor(() => expect(result.current.channel).not.toBeNull());
    await act(() => result.current.channel?.push("diff", { joins: {}, leaves: {} }));
    expect(result.current.presence.synced).toBe(false);
    rerender(true);
    expect(result.current.presence.list.map(({ key }) => key)).toEqual(["ada"]);
  });
});

describe("usePresence on a topic whose server only counts", () => {
  it("is synced, and knows how many there are", async () => {
    const { result } = use(server, () => usePresence(useChannel("people:huge").channel), undefined);
    expect(result.current).toMatchObject({ count: 0, synced: false });
    await waitFor(() => expect(result.current).toMatchObject({ list: [], count: 70_000, synced: true }));
  });
});

describe("useConnection", () => {
  it("tells a first connection from a lost one", async () => {
    const seen = new Set<string>();
    const { result } = use(server, () => seen.add(useConnection()) && useConnection(), undefined);
    expect(result.current).toBe("connecting");
    await waitFor(() => expect(result.current).toBe("open"));
    await act(() => server.stop());
    await waitFor(() => expect(result.current).toBe("reconnecting"));
    await act(() => server.start());
    await waitFor(() => expect(result.current).toBe("open"));
    expect([...seen]).toEqual(["connecting", "open", "reconnecting"]);
  });
});
