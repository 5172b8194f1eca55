/**
 * An application of a framework that renders on a server: built as for production, served, and its page opened in Chromium.
 * All of them show the same room, whose messages the page has from its server, and from the channel what follows.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok } from "wingbeat";
import { faultOf } from "./run.mjs";

const here = import.meta.dirname;
const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const QUIET = { NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", NODE_ENV: "production" };

/**
 * The faults of an application in `programs/`. `build` and `serve` are arguments of `node`, which is that of this process
 * unless another one is named; the server listens on `PORT`.
 */
export async function checkRendered({ name, title, node = process.execPath, build, serve }) {
  const cwd = join(here, "artifacts", name);
  rmSync(cwd, { recursive: true, force: true });
  cpSync(join(here, "programs", name), cwd, { recursive: true });
  const room = await startRoom();
  const env = { ...process.env, ...QUIET, ...room.env, TOOLS: here };
  try {
    const fault = await faultOf(node, build, { cwd, env });
    const results = [{ platform: `${title}, built for production`, fault }];
    if (fault !== undefined) return results;
    const app = await start(node, serve, { cwd, env });
    try {
      return [...results, ...(await visit(title, app.url, room))];
    } finally {
      await app.stop();
    }
  } finally {
    await room.stop();
  }
}

/** A room with a history, and a page that says what is in it. */
async function startRoom() {
  const messages = ["rendered"];
  const presence = definePresence();
  const room = defineChannel("room:{id}")
    .pushes()
    .history({ size: 50, events: ["message"] })
    .join((ctx) => {
      presence.track(ctx, "somebody", {});
      presence.pushState(ctx);
      return ok();
    });
  const socket = defineSocket({ connect: () => ok(), channels: [room] });
  const sockets = { "/socket": { socket, websocket: { checkOrigin: false } } };
  const endpoint = createEndpoint({ sockets, presence: [presence], logger: false });
  const server = createServer(async (_request, response) => {
    const position = await endpoint.position("room:1");
    response.end(JSON.stringify({ position, messages }));
  });
  endpoint.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${server.address().port}`;
  return {
    env: { STATE_URL: `http://${address}/`, SOCKET_URL: `ws://${address}/socket` },
    say: async (text) => {
      await endpoint.publish("room:1", "message", { text });
      messages.push(text);
    },
    stop: async () => {
      await endpoint.close({ drain: false });
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Starts the server of an application on a free port. */
async function start(node, args, { cwd, env }) {
  const port = await freePort();
  const child = spawn(node, args, {
    cwd,
    env: { ...env, PORT: String(port), HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const exited = once(child, "exit");
  const url = `http://127.0.0.1:${port}/`;
  const isReady = () =>
    fetch(url).then(
      ({ ok: isOk }) => isOk,
      () => false,
    );
  const ended = exited.then(() => {
    throw new Error(`the server has ended:\n${output}`);
  });
  ended.catch(() => {});
  while (!(await Promise.race([isReady(), ended]))) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    url,
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** What the page shows before its scripts run, and after. */
async function visit(title, url, room) {
  const results = [];
  const check = (what, is, wanted) => {
    const fault =
      JSON.stringify(is) === JSON.stringify(wanted)
        ? undefined
        : `${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
    results.push({ platform: `${title}: ${what}`, fault });
  };
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  const complaints = [];
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const elsewhere = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("request", (request) => new URL(request.url()).hostname !== "127.0.0.1" && elsewhere.push(request.url()));
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await page.route("**/*.js", async (route) => {
      await released;
      await route.continue();
    });
    const state = page.locator("#state");
    const list = () => page.locator("li").allTextContents();
    const shows = (text) => state.and(page.getByText(text, { exact: true })).waitFor();

    await page.goto(url, { waitUntil: "commit" });
    check("the server renders the joining state", await state.textContent(), "connecting joining undefined false");
    check("the server renders the messages", await list(), ["rendered"]);
    const elements = page.locator("main, main *");
    await elements.evaluateAll((all) => all.forEach((element) => (element.isRendered = true)));
    await room.say("said before it joined");
    release();
    await shows("open joined true true");
    await page.getByText("said before it joined").waitFor();
    const kept = await elements.evaluateAll((all) =>
      all.filter((element) => element.isRendered).map(({ id, tagName }) => id || tagName),
    );
    check("the browser keeps what was rendered", kept, ["MAIN", "state", "OL", "LI"]);
    await room.say("said after");
    await page.getByText("said after").waitFor();
    check("messages from before and after the join, once each", await list(), [
      "rendered",
      "said before it joined",
      "said after",
    ]);
    check("nothing is complained of", complaints, []);
    check("nothing is loaded from elsewhere", elsewhere, []);
  } catch (error) {
    const shown = await browser.contexts()[0]?.pages()[0]?.locator("main").innerText().catch(String);
    results.push({ platform: `${title}: the page`, fault: [error, shown, ...complaints].join("\n") });
  } finally {
    await browser.close();
  }
  return results;
}
