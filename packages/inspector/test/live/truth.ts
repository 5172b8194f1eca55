/** What the page must show of a live cluster: figures that the clients know. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ROOMS } from "./cluster.ts";
import type { LiveCluster } from "./cluster.ts";

/** Milliseconds that the page may take to show something. */
const PATIENCE = 60_000;

const visit = (page: Page, place: string): Promise<unknown> =>
  page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);

/** Waits until the page shows a value; fails with what it shows instead. */
async function shows(what: string, read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  const end = Date.now() + PATIENCE;
  let seen: unknown;
  do {
    seen = await read().catch((error: unknown) => error);
    if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  } while (Date.now() < end);
  assert.deepEqual(seen, wanted, what);
}

/** The cells of a table, row by row, without what is hidden. */
const rowsOf = (page: Page, label: string): Promise<string[][]> =>
  page.evaluate<string[][]>(
    `[...document.querySelectorAll('table[aria-label="${label}"] tbody tr')].map((row) =>
      [...row.cells].filter((cell) => cell.offsetParent !== null).map((cell) => cell.innerText))`,
  );

const factsOf = (page: Page): Promise<Record<string, string>> =>
  page.evaluate<Record<string, string>>(
    "Object.fromEntries([...document.querySelectorAll('.facts > div')].map(({ children: [name, value] }) => [name.innerText, value.innerText]))",
  );

const count = (value: number): string => value.toLocaleString("en");

/** The page has been open since before anything was said. */
export async function checkFigures(page: Page, cluster: LiveCluster): Promise<void> {
  const clients = cluster.clients.length;
  const perNode = [0, 1, 2].map((node) => Math.ceil((clients - node) / 3));
  const inRoom = (room: number): number => Math.ceil((clients - room) / ROOMS);
  const said = Math.min(clients, 200);

  const card = (name: string) => page.locator(".card", { hasText: name }).locator(".card-figure").first().innerText();
  await visit(page, "overview");
  await shows("connections", () => card("Connections"), count(clients));
  await shows("channels", () => card("Channels"), count(2 * clients));
  const nodes = async () => (await rowsOf(page, "Nodes")).map((cells) => cells[3]).sort();
  await shows("connections of the nodes", nodes, perNode.map(count).sort());
  await page.locator(".status").getByText("3 of 3 nodes").waitFor();

  await visit(page, "events");
  await page.getByText("Which is slow, and which fails?").waitFor();
  await cluster.say(said);
  const event = (name: string) => async () => {
    const row = (await rowsOf(page, "Events")).find((cells) => cells[1] === name) ?? [];
    return [row[0], row[3], row.at(-1)];
  };
  await shows("messages that were handled", event("say"), ["room:{id}", count(said), `ok ${count(said)}`]);

  await visit(page, "topics?topic=room:");
  const topics = async () =>
    (await rowsOf(page, "Topics")).map(([topic, , subscribers]) => [topic, subscribers]).sort();
  const rooms = Array.from({ length: ROOMS }, (_, room) => [`room:${room}`, count(inRoom(room))]);
  await shows("topics", topics, rooms.sort());

  await visit(page, "topic?topic=room:0");
  await shows("subscribers of a topic", async () => (await factsOf(page))["Subscribers"], count(inRoom(0)));
  await shows("its history", async () => (await factsOf(page))["History"]?.split(",")[0], `at ${cluster.saidIn(0)}`);

  await visit(page, "connections?id=user_socket:5");
  const ids = cluster.clients.map((_, nth) => `user_socket:${nth}`).filter((id) => id.startsWith("user_socket:5"));
  const found = async () => (await rowsOf(page, "Connections")).map(([id]) => id).sort();
  if (ids.length <= 200) await shows("a search", found, ids.sort());
  await shows(
    "how many match",
    () => page.locator("p[role=status]").first().innerText(),
    `${count(ids.length)} connected.`,
  );

  await visit(page, "presence");
  await shows(
    "presence",
    () => page.locator(".panel .note").first().innerText(),
    `${count(clients)} metas on ${count(clients)} topics, as one node sees it.`,
  );
  await visit(page, "history");
  await shows("what was published", async () => (await factsOf(page))["Published"], count(said));

  await visit(page, "doors");
  await page.getByRole("heading", { level: 1, name: "Refusals and closes" }).waitFor();
  await cluster.refuse(3);
  const refusals = async () => (await rowsOf(page, "Refusals")).map((row) => [row[0], row[1], row[4]]);
  await shows("refusals", refusals, [["connect", "nobody", "3"]]);

  await visit(page, "cluster");
  const links = async () => (await rowsOf(page, "Links")).map((row) => [row[1], row[2], row[6], row[7]]);
  await shows(
    "links",
    links,
    Array.from({ length: 3 }, () => ["up", "redis", "0", "0"]),
  );
}

/** A crash, a tap and a disconnected client. */
export async function checkIncidents(page: Page, cluster: LiveCluster): Promise<void> {
  await visit(page, "errors");
  await page.getByText("No callback has crashed.").waitFor();
  await assert.rejects(cluster.clients[1]!.room.push("crash", {}), /crashed/);
  await page.getByText("Error: a crash that was asked for").first().click();
  await page.locator(".crash pre", { hasText: "node.ts" }).or(page.locator(".crash pre")).first().waitFor();
  await page.locator(".crash-count", { hasText: "1×" }).waitFor();

  await visit(page, "tap?topic=room:2");
  await page.getByText("Watching.").waitFor();
  await cluster.clients[2]!.room.push("say", { body: "seen on the wire" });
  await page.locator(".frame[data-direction=in] .frame-event", { hasText: "say" }).first().waitFor();
  await page.getByText("{ body: string }").first().waitFor();
  assert.equal(await page.getByText("seen on the wire").count(), 0);
  await page.getByLabel("Show payloads").check();
  await page.getByText("Watching.").waitFor();
  const said = async () => {
    await cluster.clients[2]!.room.push("say", { body: "seen on the wire" });
    return page
      .getByText("seen on the wire")
      .count()
      .then((seen) => seen > 0);
  };
  await shows("a revealed payload", said, true);

  const closed = new Promise<number>((resolve) => cluster.clients[4]!.socket.onClose(({ code }) => resolve(code ?? 0)));
  await visit(page, "connections?id=user_socket:4");
  await page.getByRole("link", { name: "user_socket:4", exact: true }).click();
  await page.getByRole("button", { name: "Disconnect…" }).click();
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  await page.getByText("Disconnected user_socket:4").waitFor();
  await closed;
}

/** One node is gone at once: the page says so. */
export async function checkLoss(page: Page, cluster: LiveCluster): Promise<void> {
  await visit(page, "overview");
  await cluster.nodes[2]!.end("SIGKILL");
  await page
    .locator(".status")
    .getByText(/^2 of [23] nodes$/)
    .waitFor();
}
