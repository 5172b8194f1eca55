/** A page may have bundled two copies of a package: one as a module and one as CommonJS, or of two versions. */
import * as client from "@wingbeat/client";
import { presenceOf, sharedSocketOf } from "@wingbeat/client/bindings";
import type * as bindings from "@wingbeat/client/bindings";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { fakeTransports } from "../fake-transport.ts";

const source = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** A copy of a module with all that it imports. */
async function copyOf<Module>(path: string): Promise<Module> {
  const { outputFiles } = await build({
    entryPoints: [source(path)],
    alias: {
      "@wingbeat/client": source("client/src/index.ts"),
      "@wingbeat/protocol": source("protocol/src/index.ts"),
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as Module;
}

describe("two copies of the packages", () => {
  it("know each other's errors", async () => {
    const other = await copyOf<typeof client>("client/src/index.ts");
    expect(other.PushError).not.toBe(client.PushError);
    const error = new other.PushError("closed", { topic: "room:1", event: "say" });
    expect(error instanceof client.PushError).toBe(true);
    expect(new Error("other") instanceof client.PushError).toBe(false);
    expect((null as unknown) instanceof client.PushError).toBe(false);
    class Special extends client.PushError {}
    expect(error instanceof Special).toBe(false);
  });

  it("share what belongs to a socket and to a channel", async () => {
    const other = await copyOf<typeof bindings>("client/src/bindings.ts");
    const { Fake, made } = fakeTransports();
    const socket = new client.Socket("ws://server/socket", { transport: Fake });
    const channel = socket.channel("room:1");
    expect(other.presenceOf(channel)).toBe(presenceOf(channel));
    const shared = sharedSocketOf(socket);
    expect(other.sharedSocketOf(socket)).toBe(shared);
    const [first, second] = [shared.connect(), other.sharedSocketOf(socket).connect()];
    made[0]?.open();
    first();
    await new Promise((resolve) => setTimeout(resolve));
    expect(socket.isConnected()).toBe(true);
    second();
    await vi.waitFor(() => expect(socket.isConnected()).toBe(false));
  });

  it("make hooks that push to, and follow, a socket of the other copy", async () => {
    const other = await copyOf<typeof client>("client/src/index.ts");
    const { Fake, made } = fakeTransports();
    const socket = new other.Socket("ws://server/socket", { transport: Fake }) as unknown as client.Socket;
    const shared = sharedSocketOf(socket);
    const disconnect = shared.connect();
    made[0]?.open();
    expect(shared.snapshot.status).toBe("open");
    const error = await shared.push(null, undefined, "say", {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "PushError", reason: "closed" });
    disconnect();
    await vi.waitFor(() => expect(socket.isConnected()).toBe(false));
  });
});
