/** What is read and what is missed: C.. are what a whole system needs beside what seed 002 shows. */
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Example, Site, Store } from "@wingbeat/example-site";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Seat } from "../../site/test/visitor.ts";
import { notifications } from "../src/server.ts";
import type { Notification, State } from "../src/server.ts";
import { ADA, devicesOn, GRACE, heard, LINUS } from "./devices.ts";
import type { New } from "./devices.ts";

const SECRET = "a secret of these tests";

let store: Store;
let site: Site;
const { comment, device, open } = devicesOn(() => site.port);
const start = (example: Example, port = 0): Promise<Site> =>
  startSite({ examples: { "/": example }, port, logger: false });

beforeEach(async () => {
  store = memoryStore();
  site = await start(notifications({ store, secret: SECRET }));
});
afterEach(() => site.close());

describe("reading and catching up", () => {
  it("C6, C9, C10: marks one or all as read: counted by the server, on all devices, twice is once", async () => {
    for (const text of ["one @grace", "two @grace", "three @grace"]) await comment(ADA, text);
    const [phone, laptop] = [await open(GRACE), await open(GRACE)];
    const [third, second, first] = phone.state.items.map(({ id }) => id) as [number, number, number];
    expect(phone.state.unread).toBe(3);

    expect(await phone.push("read", { id: first })).toEqual({ status: "ok", response: { ids: [first], unread: 2 } });
    expect(await laptop.nextOf("read")).toMatchObject({ ids: [first], unread: 2 });
    expect((await phone.push("read", { id: first })).response).toEqual({ ids: [], unread: 2 });
    expect((await phone.push("read_all", { up_to: second })).response).toEqual({ ids: [second], unread: 1 });
    expect((await phone.push("read_all", { up_to: third })).response).toEqual({ ids: [third], unread: 0 });
    expect((await heard(laptop)).map(([event]) => event)).toEqual(["read", "read"]);
    expect((await open(GRACE)).state.unread).toBe(0);
  });

  it("C9: a user reads its own notifications only", async () => {
    await comment(ADA, "@grace");
    const grace = await open(GRACE);
    const linus = await open(LINUS);
    expect((await linus.push("read", { id: grace.state.items[0]?.id })).response).toEqual({ ids: [], unread: 0 });
    expect((await open(GRACE)).state.unread).toBe(1);
  });

  it("C8, C13: who comes back says how far it has seen, and gets exactly what it missed", async () => {
    await comment(ADA, "before @grace");
    const { state } = await open(GRACE);
    for (const text of ["one @grace", "two @grace", "three @grace"]) await comment(ADA, text);
    const back = (await open(GRACE, { after: state.cursor })).state;
    expect(back.items.map(({ excerpt }) => excerpt)).toEqual(["three @grace", "two @grace", "one @grace"]);
    expect([back.unread, back.reset]).toEqual([4, false]);
    expect((await open(GRACE, { after: back.cursor })).state).toMatchObject({ items: [], unread: 4 });
    // What was read elsewhere meanwhile is missed, too.
    const elsewhere = await open(GRACE);
    await elsewhere.push("read", { id: elsewhere.state.items.at(-1)?.id });
    expect((await open(GRACE, { after: back.cursor })).state).toMatchObject({
      items: [{ excerpt: "before @grace", read: true }],
      unread: 3,
    });
  });

  it("C8: a client catches up by itself when the server comes back; a server that has forgotten all says so", async () => {
    let cursor: number | undefined;
    const params = () => (cursor === undefined ? {} : { after: cursor });
    const grace = new Seat(await device(GRACE), "notifications:22", params);
    const states: State[] = [];
    let wake = (): void => {};
    const joined = (count: number) =>
      new Promise<void>((resolve) => {
        wake = () => states.length >= count && resolve();
        wake();
      });
    grace.channel.join().receive("ok", (state: State) => {
      states.push(state);
      ({ cursor } = state);
      wake();
    });
    await joined(1);
    await comment(ADA, "seen @grace");
    ({ cursor } = await grace.nextOf<New>("new_notification"));
    const { port } = site;

    await site.close();
    site = await start(notifications({ store, secret: SECRET }), port);
    await joined(2);
    expect(states[1]).toMatchObject({ items: [], unread: 1, reset: false });

    await site.close();
    site = await start(notifications({ store: memoryStore(), secret: SECRET }), port);
    await joined(3);
    expect(states[2]).toMatchObject({ items: [], unread: 0, reset: true });
  });

  it("C13: what is stored while a join is under way comes right after its answer", async () => {
    let whileJoining: (() => Promise<unknown>) | undefined;
    const slow: Store = {
      ...store,
      // What a join reads last: the inbox has been read by then.
      async all<Value>(hash: string) {
        const task = whileJoining;
        if (hash === `notifications:mutes:${GRACE}` && task !== undefined) {
          whileJoining = undefined;
          await task();
        }
        return store.all<Value>(hash);
      },
    };
    await site.close();
    site = await start(notifications({ store: slow, secret: SECRET }));
    whileJoining = () => comment(ADA, "meanwhile @grace");
    const grace = await open(GRACE);
    expect(grace.state).toMatchObject({ items: [], unread: 0 });
    expect(await grace.nextOf("new_notification")).toMatchObject({
      notification: { excerpt: "meanwhile @grace" },
      unread: 1,
    });
  });

  it("C12: pages through older ones, and keeps the last 100", async () => {
    for (let count = 1; count <= 103; count++) await comment(ADA, `${count} @grace`);
    const grace = await open(GRACE);
    expect([grace.state.items.length, grace.state.unread]).toEqual([20, 100]);
    const excerpts = grace.state.items.map(({ excerpt }) => excerpt);
    let before = grace.state.items.at(-1)?.id;
    for (;;) {
      const answer = await grace.push("list", { before, limit: 50 });
      const { items, has_more } = answer.response as { items: Notification[]; has_more: boolean };
      excerpts.push(...items.map(({ excerpt }) => excerpt));
      before = items.at(-1)?.id;
      if (!has_more) break;
    }
    expect(excerpts).toEqual(Array.from({ length: 100 }, (_, n) => `${103 - n} @grace`));
  });
});
