import { describe, expect, it, vi } from "vitest";
import type { Driver } from "../driver.ts";
import { settled } from "../fake-server.ts";
import { OPTIONS, TestPage, serve } from "../test-page.ts";

/** A component on a topic: joins and leaves, params, pushes. */
export function channels(driver: Driver): void {
  describe("useChannel", () => {
    it("joins when the component is mounted, gives the reply, and pushes", async () => {
      const page = await TestPage.open(driver, await serve(), { room: { topic: "room:1", params: { since: 3 } } });
      expect(page.rendered("room")[0]).toEqual({ topic: null, state: "joining" });
      await page.joined("room");
      expect(page.shown("room")).toEqual({ topic: "room:1", state: "joined", reply: { since: 3 } });
      await expect(page.channel("room").push("new_msg", { body: "hi" })).resolves.toEqual({ id: 7 });
    });

    it("connects once and joins once, also when the framework mounts everything twice", async () => {
      const server = await serve();
      const components = { room: { topic: "room:1" } };
      const page = await TestPage.open(driver, server, components, { twice: true });
      await page.joined("room");
      await page.update(components);
      await settled();
      await page.channel("room").push("new_msg", { body: "still here" });
      expect(server.log).toEqual(["connect", "join room:1 {}"]);
    });

    it("leaves the old topic and joins the new one", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: "room:1", params: { since: 1 } } });
      await page.joined("room");
      await page.update({ room: { topic: "room:2", params: { since: 2 } } });
      expect(page.shown("room")).not.toMatchObject({ state: "joined" });
      expect(page.shown("room")).not.toHaveProperty("reply");
      await page.shows("room", { state: "joined", topic: "room:2", reply: { since: 2 } });
      await vi.waitFor(() => expect(server.log).toContain("left room:1"));
    });

    it("is closed without a topic, joins when there is one, and leaves when it is gone", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: null } });
      await settled();
      expect(page.rendered("room")).toEqual([{ topic: null, state: "closed" }]);
      await page.update({ room: { topic: "room:1" } });
      await page.joined("room");
      await page.update({ room: { topic: null } });
      expect(page.shown("room")).toEqual({ topic: null, state: "closed" });
      await vi.waitFor(() => expect(server.log).toEqual(["connect", "join room:1 {}", "left room:1"]));
    });

    it("joins anew for params of other content only", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: "room:1", params: { since: 1 } } });
      await page.joined("room");
      await page.update({ room: { topic: "room:1", params: { since: 1 } } });
      await settled();
      expect(server.log).toEqual(["connect", 'join room:1 {"since":1}']);
      await page.update({ room: { topic: "room:1", params: { since: 2 } } });
      await page.shows("room", { reply: { since: 2 } });
      expect(server.log).toHaveLength(4);
      expect(server.log[3]).toBe('join room:1 {"since":2}');
    });

    it("asks the latest params function, and only when it joins", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { room: { topic: "room:1", params: () => ({ since: 1 }) } });
      await page.shows("room", { reply: { since: 1 } });
      await page.update({ room: { topic: "room:1", params: () => ({ since: 2 }) } });
      await settled();
      expect(page.shown("room")).toMatchObject({ reply: { since: 1 } });
      await server.restart();
      await page.shows("room", { state: "joined", reply: { since: 2 } });
    });

    it("shares one channel between the components on a topic, and leaves after the last of them", async () => {
      const server = await serve();
      const [ada, bob] = [{ topic: "room:1" }, { topic: "room:1", params: { since: 1 } }];
      const page = await TestPage.open(driver, server, { ada, bob });
      await page.joined("ada");
      await page.joined("bob");
      expect(page.channel("ada").channel).toBe(page.channel("bob").channel);
      expect(page.shown("ada")).toMatchObject({ reply: { since: 1 } });
      expect(server.log).toEqual(["connect", 'join room:1 {"since":1}']);
      await page.update({ ada });
      await settled();
      await page.channel("ada").push("new_msg", { body: "still here" });
      expect(server.log).toHaveLength(2);
      await page.update({});
      await vi.waitFor(() => expect(server.log[2]).toBe("left room:1"));
    });

    it("refuses params that differ from those of another component, for as long as that one is there", async () => {
      const server = await serve();
      const [first, second] = [1, 2].map((since) => ({ topic: "room:1", params: { since } }));
      const page = await TestPage.open(driver, server, { first: first!, second: second! });
      await page.joined("first");
      await page.shows("second", { state: "errored", topic: null, error: { reason: "refused" } });
      expect(page.shown("second").error?.message).toMatch(/another component .* other params/);
      await page.update({ second: second! });
      await page.shows("second", { state: "joined", reply: { since: 2 } });
      expect(page.shown("second")).not.toHaveProperty("error");
    });

    it("keeps the channel when one component goes and another comes at the same time", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { before: { topic: "room:1" } });
      await page.joined("before");
      await page.update({ after: { topic: "room:1" } });
      await page.joined("after");
      await page.channel("after").push("new_msg", { body: "still here" });
      expect(server.log).toEqual(["connect", "join room:1 {}"]);
    });

    it("leaves a topic whose component went before the server has answered", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { slow: { topic: "room:slow" }, other: { topic: "room:1" } });
      await vi.waitFor(() => expect(server.log).toContain("join room:slow {}"));
      await page.update({ other: { topic: "room:1" } });
      await settled();
      server.letIn();
      await vi.waitFor(() => expect(server.log).toContain("left room:slow"));
      await page.joined("other");
      await page.channel("other").push("new_msg", { body: "nobody is there twice" });
      expect(server.log.filter((line) => line.includes("slow"))).toEqual(["join room:slow {}", "left room:slow"]);
    });

    it("pushes before the join is answered, and fails as closed without a topic", async () => {
      const server = await serve();
      const page = await TestPage.open(driver, server, { slow: { topic: "room:slow" } });
      const early = page.channel("slow").push("new_msg", { body: "early" });
      server.letIn();
      await expect(early).resolves.toEqual({ id: 7 });
      await page.update({ slow: { topic: null } });
      await expect(page.channel("slow").push("new_msg", { body: "late" })).rejects.toMatchObject({ reason: "closed" });
    });

    it("casts on a channel that has joined, and says so when nothing was sent", async () => {
      const heard = vi.fn<(payload: unknown) => void>();
      const room = { topic: "room:1" as string | null, on: { new_msg: heard } };
      const page = await TestPage.open(driver, await serve(), { room });
      expect(page.channel("room").cast("new_msg", { body: "early" })).toBe(false);
      await page.joined("room");
      expect(page.channel("room").cast("new_msg", { body: "hi" })).toBe(true);
      await vi.waitFor(() => expect(heard.mock.calls).toEqual([[{ body: "hi" }]]));
      await page.update({ room: { ...room, topic: null } });
      expect(page.channel("room").cast("new_msg", { body: "late" })).toBe(false);
    });

    it("gives the same push and cast for as long as the topic is the same", async () => {
      const page = await TestPage.open(driver, await serve(), { room: { topic: "room:1", params: { since: 1 } } });
      const { push, cast } = page.channel("room");
      await page.joined("room");
      await page.update({ room: { topic: "room:1", params: { since: 1 } } });
      expect(page.channel("room")).toMatchObject({ push, cast });
    });

    it("moves to the connection of another provider", async () => {
      const [server, other] = [await serve(), await serve()];
      const room = { room: { topic: "room:1" }, connection: { connection: true } };
      const page = await TestPage.open(driver, server, room);
      await page.joined("room");
      await page.update(room, { url: other.url, options: OPTIONS });
      await vi.waitFor(() => expect(other.log).toEqual(["connect", "join room:1 {}"]));
      await page.joined("room");
      await page.shows("connection", { connection: "open" });
      await vi.waitFor(() => expect(server.log.at(-1)).toMatch(/^(left|closed) room:1$/));
    });
  });
}
