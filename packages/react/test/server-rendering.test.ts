// @vitest-environment node
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it, vi } from "vitest";
import { SocketProvider, useChannel, useConnection, useEvent, usePresence } from "./page.ts";

const Room = () => {
  const { channel, state, reply, error, push } = useChannel("room:1", { since: 1 });
  useEvent(channel, "new_msg", () => {});
  const { list, synced } = usePresence(channel);
  return JSON.stringify([useConnection(), state, channel, reply ?? null, error ?? null, typeof push, list, synced]);
};

it("renders on a server that has no WebSocket, and connects nothing", () => {
  vi.stubGlobal("WebSocket", undefined);
  const complaints = vi.spyOn(console, "error");
  const html = renderToString(createElement(SocketProvider, { url: "/socket" }, createElement(Room)));
  expect(html.replaceAll("&quot;", '"')).toBe('["connecting","joining",null,null,null,"function",[],false]');
  expect(complaints).not.toHaveBeenCalled();
});
