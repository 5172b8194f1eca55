import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { testSocket } from "wingbeat/testing";
import type { TestKit } from "wingbeat/testing";
import { createUser, manualStatusOf, setManualStatus } from "../src/accounts.ts";
import type { ManualStatus, Status, User } from "../src/contract.ts";
import { isOnline, onlineIds, presence, PRESENCE_TOPIC } from "../src/presence.ts";
import { slackSocket } from "../src/socket.ts";
import type { SlackSocket } from "../src/socket.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";
import type { TestDatabase } from "./databases.ts";

const IDLE = 1_000;
let database: TestDatabase;
let kit: TestKit<SlackSocket["~contract"]>;
let ada: User;

beforeAll(async () => {
  database = await freshDatabase();
  ada = await createUser(database.db, { username: "ada", name: "Ada", password: "12345678" });
}, DATABASE_TIMEOUT);
afterAll(() => database.close());

beforeEach(async () => {
  await setManualStatus(database.db, ada.id, "online");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const services = { db: database.db, secret: "a secret that only the tests know", dev: false };
  kit = testSocket(slackSocket({ ...services, idleMs: IDLE }), { presence: [presence], timeout: 60_000 });
});
afterEach(async () => {
  vi.useRealTimers();
  await kit.close();
});

/** A tab of Ada's. */
async function tab() {
  const channel = await kit.socket({ user: ada, sessionId: "s" }).subscribeAndJoin("system:presence");
  await channel.assertPush("presence_state");
  return channel;
}
type Tab = Awaited<ReturnType<typeof tab>>;

async function say(channel: Tab, event: "state:blur" | "state:focus"): Promise<void> {
  await channel.assertReply(channel.push(event), "ok");
}

async function choose(channel: Tab, status: ManualStatus): Promise<void> {
  await channel.assertReply(channel.push("status:set", { status }), "ok");
}

/** Of all of Ada's tabs, in the order in which they came. */
function statuses(): Status[] {
  return (presence.getByKey(kit.endpoint, PRESENCE_TOPIC, ada.id)?.metas ?? []).map(({ status }) => status);
}

describe("a tab", () => {
  it("is online, and told who is there", async () => {
    const channel = await kit.socket({ user: ada, sessionId: "s" }).subscribeAndJoin("system:presence");

    await channel.assertPush("presence_state", { [ada.id]: { metas: [{ status: "online", username: "ada" }] } });
    expect(isOnline(kit.endpoint, ada.id)).toBe(true);
    expect(onlineIds(kit.endpoint)).toEqual([ada.id]);
  });

  it("is away when nobody has looked at it for a while, and online with the first look", async () => {
    const channel = await tab();
    await say(channel, "state:blur");
    vi.advanceTimersByTime(IDLE - 1);
    expect(statuses()).toEqual(["online"]);

    vi.advanceTimersByTime(1);
    await channel.assertPush("presence_diff", { joins: { [ada.id]: { metas: [{ status: "away" }] } } });
    expect(isOnline(kit.endpoint, ada.id)).toBe(true);

    await say(channel, "state:focus");
    expect(statuses()).toEqual(["online"]);
  });

  it("is not away when somebody looks at it in time", async () => {
    const channel = await tab();
    await say(channel, "state:blur");
    vi.advanceTimersByTime(IDLE - 1);
    await say(channel, "state:focus");
    vi.advanceTimersByTime(10 * IDLE);

    expect(statuses()).toEqual(["online"]);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2); // the presence's own
  });

  it("counts from the first blur, and again from a blur after a focus", async () => {
    const channel = await tab();
    await say(channel, "state:blur");
    vi.advanceTimersByTime(IDLE - 1);
    await say(channel, "state:blur");
    vi.advanceTimersByTime(1);
    await channel.assertPush("presence_diff", { joins: { [ada.id]: { metas: [{ status: "away" }] } } });

    await say(channel, "state:focus");
    await say(channel, "state:blur");
    vi.advanceTimersByTime(IDLE);
    await channel.assertPush("presence_diff", { joins: { [ada.id]: { metas: [{ status: "away" }] } } });
  });

  it("that is left is gone", async () => {
    const channel = await tab();
    channel.close();
    await channel.assertTerminated();

    expect(statuses()).toEqual([]);
    expect(isOnline(kit.endpoint, ada.id)).toBe(false);
  });
});

describe("a status that is chosen by hand", () => {
  it("stays, whatever the tab does", async () => {
    const channel = await tab();
    for (const status of ["busy", "away"] as const) {
      await choose(channel, status);
      await say(channel, "state:blur");
      vi.advanceTimersByTime(IDLE);
      await say(channel, "state:focus");
      expect(statuses()).toEqual([status]);
    }
  });

  it("stays when the page is loaded again, and on the next day", async () => {
    const channel = await tab();
    await choose(channel, "busy");
    channel.close();
    await channel.assertTerminated();
    await tab();

    expect(statuses()).toEqual(["busy"]);
    expect(await manualStatusOf(database.db, ada.id)).toBe("busy");
  });

  it("ends with online, which goes by what the tab does again", async () => {
    const channel = await tab();
    await choose(channel, "busy");
    await say(channel, "state:blur");
    vi.advanceTimersByTime(IDLE);
    await choose(channel, "online");
    await vi.waitFor(() => expect(statuses()).toEqual(["away"]));

    await say(channel, "state:focus");
    expect(statuses()).toEqual(["online"]);
  });

  it("may be invisible, which looks like offline to others", async () => {
    const channel = await tab();
    await choose(channel, "invisible");

    await channel.assertPush("presence_diff", { joins: { [ada.id]: { metas: [{ status: "offline" }] } } });
    expect(isOnline(kit.endpoint, ada.id)).toBe(false);
    expect(onlineIds(kit.endpoint)).toEqual([]);
  });

  it("is that of all of the user's tabs, and told to their pages", async () => {
    const [first] = [await tab(), await tab(), await tab()];
    const told = new Promise((resolve) => {
      kit.endpoint.subscribe(`user:${ada.id}`, ({ event, payload }) => resolve({ event, payload }));
    });
    await choose(first, "busy");

    await vi.waitFor(() => expect(statuses()).toEqual(["busy", "busy", "busy"]));
    expect(await told).toEqual({ event: "status", payload: { manualStatus: "busy" } });
  });

  it("must be one that there is", async () => {
    const channel = await tab();
    const ref = channel.push("status:set", { status: "offline" as never });

    await channel.assertReply(ref as never, "error", { reason: "invalid payload" } as never);
    expect(statuses()).toEqual(["online"]);
  });
});
