/** What the page's client knows of the inspector's socket. The compiler is the test. */
import { Socket } from "@wingbeat/client";
import { expect, it } from "vitest";
import type { InspectorSocket, Overview, TopicRow } from "wingbeat/inspector";

it("types each view, the taps and the actions", () => {
  const socket = new Socket<InspectorSocket>("ws://127.0.0.1:1/inspector/socket", { transport: Map as never });

  const overview = socket.channel("view:overview", { query: {} });
  overview.on("answer", ({ data, silent }) => {
    const known: Overview = data;
    return [known.connections, silent];
  });
  const topics = socket.channel("view:topics", { query: { sort: "rate" }, every: 1_000 });
  topics.on("answer", ({ data }) => {
    const row: TopicRow | undefined = data.rows[0];
    return row;
  });
  const tap = socket.channel("tap:1", { target: { topic: "room:1" }, reveal: true });
  tap.on("frames", ({ frames, dropped }) => [frames[0]?.payload, dropped]);
  tap.on("ended", ({ reason }) => reason === "gone");
  const actions = socket.channel("actions");
  const ask = async (): Promise<unknown> => {
    const { user, may } = await actions.join();
    const { found } = await actions.push("act", { action: "disconnect_id", id: "user:1" });
    await topics.push("query", { topic: "room:" });
    // @ts-expect-error: a view has its own query
    await overview.push("query", { topic: "room:" });
    // @ts-expect-error: there is no such action
    await actions.push("act", { action: "drain" });
    return [user, may.includes("payloads"), found];
  };
  // @ts-expect-error: there is no such view
  socket.channel("view:nothing", { query: {} });
  expect(ask).toBeTypeOf("function");
});
