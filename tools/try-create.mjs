/**
 * `npm run try:create`: the first steps of a new user, with the packages as they would be published. Packs them, makes an app with
 * `create-wingbeat --yes`, installs it (our packages from their tarballs, all others from the registry), adds a channel,
 * runs its tests, checks and build, serves it both ways, and chats in two tabs when there is a Chromium. Then the same, in short,
 * with the React page and the AI chat. Prints how long each step took. Needs a build. `--keep` leaves the apps where they are,
 * and says where.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packAll } from "./packages/pack.mjs";
import { readJson } from "./repository.mjs";
import { ask, chat, hasChromium } from "./try-create/chat.mjs";
import { runIn, serve } from "./try-create/processes.mjs";

const PACKAGES = ["protocol", "server", "client", "react", "create-wingbeat"];

const { values: options } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
const scratch = mkdtempSync(join(tmpdir(), "wingbeat-create-"));
const maker = "maker/node_modules/.bin/create-wingbeat";
const app = join(scratch, "my-chat");
const reactApp = join(scratch, "my-react-chat");
const aiApp = join(scratch, "my-ai");
try {
  const tarballs = await step("pack", () => pack());
  await step("install create-wingbeat", () => {
    mkdirSync(join(scratch, "maker"));
    writeFileSync(join(scratch, "maker/package.json"), "{}");
    return runIn(join(scratch, "maker"), "npm", "install", "--no-audit", "--no-fund", tarballs["create-wingbeat"]);
  });
  await step("create-wingbeat --yes", () =>
    runIn(scratch, process.execPath, maker, "my-chat", "--yes", "--no-install"),
  );
  await step("npm install", () => install(app, tarballs));
  await step("npm test", () => runIn(app, "npm", "test"));
  await step("npm run check", () => runIn(app, "npm", "run", "check"));
  await step("npm run dev", () => visit(app, ["npm", "run", "dev"], "/main.ts", "room:"));
  await step("wingbeat gen channel Notes", () => generate());
  await step("npm test, with that channel", () => runIn(app, "npm", "test"));
  await step("npm run check, with that channel", () => runIn(app, "npm", "run", "check"));
  await step("npm run build", () => runIn(app, "npm", "run", "build"));
  await step("npm start", () => visit(app, ["npm", "start"], "/icon.svg", "<svg"));
  console.log(await runIn(app, "npx", "wingbeat", "routes"));

  await step("create-wingbeat --template react --yes", () =>
    runIn(scratch, process.execPath, maker, "my-react-chat", "--template", "react", "--yes", "--no-install"),
  );
  await step("npm install", () => install(reactApp, tarballs));
  await step("npm run check", () => runIn(reactApp, "npm", "run", "check"));
  await step("npm run dev", () => visit(reactApp, ["npm", "run", "dev"], "/main.tsx", "createRoot"));

  await step("create-wingbeat --template ai-chat --yes", () =>
    runIn(scratch, process.execPath, maker, "my-ai", "--template", "ai-chat", "--yes", "--no-install"),
  );
  await step("npm install", () => install(aiApp, tarballs));
  await step("npm test", () => runIn(aiApp, "npm", "test"));
  await step("npm run check", () => runIn(aiApp, "npm", "run", "check"));
  await step("npm run dev", () => askAt(["npm", "run", "dev"]));
  await step("npm run build", () => runIn(aiApp, "npm", "run", "build"));
  await step("npm start", () => askAt(["npm", "start"]));
} finally {
  if (options.keep) {
    console.log(`\nKept: ${[app, reactApp, aiApp].filter(existsSync).join(", ")}. In one of them: npm run dev`);
  } else {
    rmSync(scratch, { recursive: true });
  }
}

async function step(name, action) {
  const start = performance.now();
  const result = await action();
  console.log(`${((performance.now() - start) / 1_000).toFixed(1).padStart(6)} s  ${name}`);
  return result;
}

function pack() {
  const published = PACKAGES.map((name) => ({
    folder: join("packages", name),
    manifest: readJson(join("packages", name, "package.json")),
  }));
  return Object.fromEntries(packAll(published, scratch).map(({ manifest, tarball }) => [manifest.name, tarball]));
}

/** Each of our packages from its tarball, including indirect dependencies. */
function install(folder, tarballs) {
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  for (const dependencies of [manifest.dependencies, manifest.devDependencies]) {
    for (const name of Object.keys(dependencies)) {
      if (name in tarballs) dependencies[name] = `file:${tarballs[name]}`;
    }
  }
  manifest.overrides = { "@wingbeat/protocol": `file:${tarballs["@wingbeat/protocol"]}` };
  writeFileSync(path, JSON.stringify(manifest));
  return runIn(folder, "npm", "install", "--no-audit", "--no-fund");
}

/** Adds a channel with the generator, and does its manual steps. */
async function generate() {
  await runIn(app, "npx", "wingbeat", "gen", "channel", "Notes");
  const path = join(app, "src/socket.ts");
  const socket = readFileSync(path, "utf8")
    .replace("\nexport", 'import { notes } from "./channels/notes.ts";\n\nexport')
    .replace("channels: [room]", "channels: [room, notes]");
  if (!socket.includes("[room, notes]")) throw new Error("src/socket.ts has changed: see generate in try-create.mjs");
  writeFileSync(path, socket);
}

/** Serves the app, fetches its page and one more file, and chats in it. */
async function visit(folder, command, file, content) {
  const server = await serve(folder, ...command);
  try {
    await fetched(server.url, "<title>Chat</title>");
    await fetched(new URL(file, server.url), content);
    if (hasChromium()) await chat(server.url);
  } finally {
    await server.stop();
  }
}

/** Serves the AI chat, and asks it something. */
async function askAt(command) {
  const server = await serve(aiApp, ...command);
  try {
    await fetched(server.url, '<div id="root"');
    if (hasChromium()) await ask(server.url);
  } finally {
    await server.stop();
  }
}

async function fetched(url, content) {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok || !text.includes(content))
    throw new Error(`${url}: HTTP ${response.status}, no ${content} in\n${text}`);
}
