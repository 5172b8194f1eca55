// @vitest-environment happy-dom
/** Recovery in components, with a live server that keeps a history. */
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { Socket } from "@wingbeat/client";
import type { JoinFrom, Position } from "@wingbeat/client";
import { createHooks } from "@wingbeat/react";
import { createElement } from "react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { settled } from "../../client/test/bindings/fake-server.ts";
import { failOnComplaints, options } from "./page.ts";

const TOPIC = "room:1";
const room = defineChannel("room:{id}")
  .pushes<{ news: { n: number } }>()
  .history({ size: 3 })
  .join(() => ok());
const userSocket = defineSocket({ connect: () => ok(), id: () => "user", channels: [room] });
const { SocketProvider, useChannel, useEvent, useRecovery } = createHooks<typeof userSocket>();

const serve = () => createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
let endpoint: ReturnType<typeof serve>;
let url: string;

failOnComplaints();
beforeEach(async () => {
  endpoint = serve();
  url = `ws://127.0.0.1:${(await endpoint.listen(0, "127.0.0.1")).port}/socket`;
});
afterEach(async () => {
  cleanup();
  await settled();
  await endpoint.close();
});

const tell = (n: number) => endpoint.broadcast(TOPIC, "news", { n });

/** A component on the topic: what it renders, and the messages that it gets. */
function page(from?: JoinFrom) {
  const socket = new Socket<typeof userSocket>(url, { ...options, reconnectAfterMs: () => 50 });
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(SocketProvider, { socket }, children);
  const got: [n: number, position: Position | null | undefined][] = [];
  const rendered: ReturnType<typeof useRecovery>[] = [];
  const { result } = renderHook(
    () => {
      const { channel, state } = useChannel(TOPIC, {}, from);
      useEvent(channel, "news", ({ n }) => got.push([n, channel?.position]));
      const recovery = useRecovery(channel);
      if (rendered.at(-1) !== recovery) rendered.push(recovery);
      return { channel, state };
    },
    { wrapper },
  );
  const joined = () => waitFor(() => expect(result.current.state).toBe("joined"));
  /** Its connection is closed; resolves when the server has noticed, before it is back. */
  const lose = async () => {
    endpoint.broadcast("user", "disconnect", {});
    await waitFor(() => expect(result.current.state).toBe("errored"));
  };
  return { result, got, rendered, joined, lose, numbers: () => got.map(([n]) => n) };
}

const NOTHING = { recovered: undefined, recovering: false, count: 0, reason: undefined };

describe("useRecovery", () => {
  it("knows of nothing that was missed at first", async () => {
    const { rendered, joined } = page();
    await joined();
    expect(rendered).toEqual([NOTHING]);
  });

  it("says that what was missed comes, and when it has come; useEvent gets it", async () => {
    const { rendered, joined, lose, numbers, got } = page();
    await joined();
    tell(1);
    await waitFor(() => expect(numbers()).toEqual([1]));
    await lose();
    tell(2);
    tell(3);
    await waitFor(() => expect(numbers()).toEqual([1, 2, 3]));
    await waitFor(() => expect(rendered.at(-1)).toMatchObject({ recovered: true, recovering: false }));
    expect(got.at(-1)?.[1]).toEqual(await endpoint.position(TOPIC));
  });

  it("says once that the state must be loaded again", async () => {
    const { rendered, joined, lose, numbers } = page();
    await joined();
    await lose();
    for (let n = 1; n <= 4; n++) tell(n);
    await waitFor(() => expect(rendered.at(-1)).toMatchObject({ recovered: false }));
    tell(5);
    await waitFor(() => expect(numbers()).toEqual([5]));
    expect(rendered).toEqual([NOTHING, { recovered: false, recovering: false, count: 0, reason: "trimmed" }]);
    await act(() => endpoint.clearHistory(TOPIC));
    await waitFor(() => expect(rendered).toHaveLength(3));
    expect(rendered.at(-1)).toMatchObject({ recovered: false, reason: "epoch" });
  });

  it("knows of nothing without a channel", () => {
    expect(renderHook(() => useRecovery(null)).result.current).toEqual(NOTHING);
  });
});

describe("useChannel", () => {
  it("begins after a position, with all that is kept, or with the last of it", async () => {
    const position = await endpoint.position(TOPIC);
    for (let n = 1; n <= 3; n++) tell(n);
    const pages = [page({ since: position }), page({ since: "earliest" }), page({ rewind: 2 })];
    await waitFor(() =>
      expect(pages.map(({ numbers }) => numbers())).toEqual([
        [1, 2, 3],
        [1, 2, 3],
        [2, 3],
      ]),
    );
    for (const { rendered } of pages) {
      await waitFor(() => expect(rendered.at(-1)).toMatchObject({ recovered: true, recovering: false }));
    }
  });

  it("takes what the first component says that says anything", async () => {
    const socket = new Socket<typeof userSocket>(url, options);
    const wrapper = ({ children }: { readonly children: ReactNode }) =>
      createElement(SocketProvider, { socket }, children);
    for (let n = 1; n <= 3; n++) tell(n);
    const numbers: number[] = [];
    renderHook(
      () => {
        useChannel(TOPIC);
        const { channel } = useChannel(TOPIC, undefined, { rewind: 1 });
        useChannel(TOPIC, undefined, { since: "earliest" });
        useEvent(channel, "news", ({ n }) => numbers.push(n));
      },
      { wrapper },
    );
    await waitFor(() => expect(numbers).toEqual([3]));
  });
});
