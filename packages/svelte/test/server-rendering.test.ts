// @vitest-environment node
import { render } from "svelte/server";
import { expect, it, vi } from "vitest";
import Room from "./Room.svelte";

it("renders on a server that has no WebSocket, as joining, and connects nothing", () => {
  vi.stubGlobal("WebSocket", undefined);
  const complaints = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
  const { body } = render(Room, { props: { url: "/socket" } });
  const text = body.replaceAll(/<!--.*?-->/g, "");
  expect(text).toBe("<p>connecting not refused joining no channel function</p> <p>no reply no error 0 false false</p>");
  for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
});
