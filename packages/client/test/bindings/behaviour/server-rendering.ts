/** For a file that begins with `// @vitest-environment node`. */
import { expect, it, vi } from "vitest";
import type { ComponentSpec, RenderOnServer, Values } from "../driver.ts";

const NOBODY = { list: [], state: {}, count: 0, synced: false };

export function rendersOnAServer(render: RenderOnServer): void {
  it("renders the joining state on a server that has no WebSocket, and opens nothing", async () => {
    const opened = vi.fn<() => void>();
    vi.stubGlobal("WebSocket", undefined);
    const timers = vi.spyOn(globalThis, "setTimeout");
    const complaints = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
    const seen: Record<string, Values> = {};
    const showAs = (key: string): ComponentSpec["show"] => {
      return (values) => {
        seen[key] = values;
        return `${key} is ${values.channel?.state}`;
      };
    };
    const html = await render({
      provider: { url: "/socket", options: { params: () => (opened(), {}) } },
      components: {
        room: {
          topic: "room:1",
          params: { since: 1 },
          on: { new_msg: () => {} },
          presence: true,
          recovery: true,
          connection: true,
          show: showAs("room"),
        },
        none: { topic: null, show: showAs("none") },
      },
    });
    expect(html).toContain("room is joining");
    expect(html).toContain("none is closed");
    expect(seen["room"]).toMatchObject({
      channel: { channel: null, state: "joining", reply: undefined, error: undefined },
      presence: NOBODY,
      recovery: { recovered: undefined, recovering: false, count: 0, reason: undefined },
      connection: "connecting",
      refusal: null,
    });
    expect(timers).not.toHaveBeenCalled();
    expect(opened).not.toHaveBeenCalled();
    for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
  });
}
