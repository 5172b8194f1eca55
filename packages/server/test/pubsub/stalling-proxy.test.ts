/** The network that breaks: what the programs at its two ends see of each way. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { StallingProxy } from "./stalling-proxy.ts";
import type { Link } from "./stalling-proxy.ts";

interface End {
  readonly socket: Socket;
  /** What has come, and how it has ended: `abc`, `abc|`, `abc!ECONNRESET`. */
  seen: string;
}

function watch(socket: Socket): End {
  const end: End = { socket, seen: "" };
  socket.on("data", (chunk) => (end.seen += String(chunk)));
  socket.on("end", () => (end.seen += "|"));
  socket.on("error", (error: NodeJS.ErrnoException) => (end.seen += `!${error.code}`));
  return end;
}

/** A client and a server, and the link between them. */
async function linked(): Promise<{ near: End; far: End; link: Link; proxy: StallingProxy }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = new StallingProxy((server.address() as AddressInfo).port);
  await proxy.start();
  const [accepted, socket] = [once(server, "connection"), connect({ port: proxy.port, allowHalfOpen: true })];
  const near = watch(socket);
  const far = watch((await accepted)[0] as Socket);
  onTestFinished(async () => {
    near.socket.destroy();
    far.socket.destroy();
    await proxy.stop();
    server.close();
  });
  far.socket.write("abc");
  near.socket.write("xyz");
  await vi.waitFor(() => expect([near.seen, far.seen]).toEqual(["abc", "xyz"]));
  return { near, far, link: proxy.links[0] as Link, proxy };
}

it("cut: both ends see a close", async () => {
  const { near, far, link, proxy } = await linked();
  link.cut();
  await vi.waitFor(() => expect([near.seen, far.seen]).toEqual(["abc|", "xyz|"]));
  await vi.waitFor(() => expect(proxy.links).toEqual([]));
});

it("reset: both ends see an error", async () => {
  const { near, far, link } = await linked();
  link.reset();
  await vi.waitFor(() => expect([near.seen, far.seen]).toEqual(["abc!ECONNRESET", "xyz!ECONNRESET"]));
});

it("half-close: one end sees a close, and may still send", async () => {
  const { near, far, link } = await linked();
  link.halfClose();
  await vi.waitFor(() => expect(near.seen).toBe("abc|"));
  near.socket.write("!");
  await vi.waitFor(() => expect(far.seen).toBe("xyz!"));
  far.socket.write("never comes");
  near.socket.end();
  await vi.waitFor(() => expect(far.seen).toBe("xyz!|"));
  expect(near.seen).toBe("abc|");
});

it("cut after some bytes: exactly those arrive", async () => {
  const { near, far, link } = await linked();
  link.cutAfter(5);
  far.socket.write("123");
  far.socket.write("456");
  await vi.waitFor(() => expect([near.seen, far.seen]).toEqual(["abc12345|", "xyz|"]));
});

it("stall: nothing arrives, not even a close, until it is resumed", async () => {
  const { near, far, proxy } = await linked();
  proxy.stall();
  far.socket.write("late");
  far.socket.end();
  const other = watch(connect({ port: proxy.port }));
  other.socket.write("new");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(near.seen).toBe("abc");
  proxy.resume();
  await vi.waitFor(() => expect(near.seen).toBe("abclate|"));
  other.socket.destroy();
});
