import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { settled } from "../fake-server.ts";
import { OPTIONS, TestPage, serve, socketTo } from "../test-page.ts";

/** The provider and the state of its connection. */
export function connections(driver: Driver): void {
  const components = { line: { connection: true } };

  describe("useConnection", () => {
    it("tells a first connection from a lost one", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, components);
      await page.shows("line", { connection: "open" });
      await server.stop();
      await page.shows("line", { connection: "reconnecting" });
      await server.start();
      await page.shows("line", { connection: "open" });
      const seen = page.rendered("line").map(({ connection }) => connection);
      expect(seen).toEqual(["connecting", "open", "reconnecting", "open"]);
    });

    it("says that the server has refused the client, and useRefusal why, until it is asked to try again", async () => {
      const server = await serve();
      let token = "bad";
      const socket = socketTo(server, { params: () => ({ token }) });
      const page = await TestPage.open(driver, server, components, { provider: { socket } });
      await page.shows("line", { connection: "refused", refusal: { reason: { why: "bad token" } } });
      token = "good";
      socket.connect();
      await page.shows("line", { connection: "open", refusal: null });
      expect(server.log).toEqual(["connect bad", "connect good"]);
    });

    it("is closed after socket.disconnect()", async () => {
      const server = await serve();
      const socket = socketTo(server);
      const page = await TestPage.open(driver, server, components, { provider: { socket } });
      await page.shows("line", { connection: "open" });
      socket.disconnect();
      await page.shows("line", { connection: "closed" });
    });
  });

  describe("a provider", () => {
    it("disconnects when the page is unmounted, after the topics have been left", async () => {
      const server = await serve();
      const socket = socketTo(server);
      const page = await TestPage.open(driver, server, { room: { topic: "room:1" } }, { provider: { socket } });
      await page.joined("room");
      await page.close();
      await vi.waitFor(() => expect(server.log).toEqual(["connect", "join room:1 {}", "left room:1"]));
      await vi.waitFor(() => expect(socket.isConnected()).toBe(false));
    });

    it("keeps its connection while only its options change, and uses new params for the next one", async () => {
      const server = await serve();
      const withToken = (token: string) => ({ url: server.url, options: { ...OPTIONS, params: { token } } });
      const page = await TestPage.open(driver, server, components, { provider: withToken("old") });
      await page.shows("line", { connection: "open" });
      await page.update(components, withToken("new"));
      await settled();
      expect(server.log).toEqual(["connect old"]);
      await server.restart();
      await vi.waitFor(() => expect(server.log).toEqual(["connect old", "connect new"]));
    });

    it("connects a socket of the application once, also when everything is mounted twice", async () => {
      const server = await serve();
      const socket = socketTo(server);
      const closed = vi.fn<() => void>();
      socket.onClose(closed);
      const page = await TestPage.open(driver, server, components, { provider: { socket }, twice: true });
      await page.shows("line", { connection: "open" });
      await settled();
      expect(server.log).toEqual(["connect"]);
      expect(closed).not.toHaveBeenCalled();
    });
  });
}
