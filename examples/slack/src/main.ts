/**
 * The program. `node dist/main.js` serves until SIGINT or SIGTERM; `… seed` fills an empty database with demo data;
 * `… reset` empties it before. What goes wrong at the start is said in one line, and the exit code is 1.
 */
/* oxlint-disable no-console, node/no-process-env -- this is the program; nothing else here prints or reads the environment */
import { openDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { insertDefaultPermissions } from "./permissions.ts";
import { DataFolder } from "./program/data-folder.ts";
import { isNew, makeDatabase } from "./program/new-database.ts";
import { connectRedis } from "./program/redis.ts";
import { dropTables, removeFolder } from "./program/reset.ts";
import { readSettings } from "./program/settings.ts";
import type { Settings } from "./program/settings.ts";
import { seed } from "./seed.ts";
import { startSlack } from "./server.ts";

/** A start that takes longer than this says what it is doing. */
const PATIENCE = 500;

const [command = "start"] = process.argv.slice(2);
let settings: Settings | undefined;
try {
  settings = readSettings(process.env);
  await run(command, settings);
} catch (error) {
  console.error(reasonFor(error as NodeJS.ErrnoException, settings?.port ?? 0));
  process.exit(1);
}

async function run(command: string, settings: Settings): Promise<void> {
  // Who has servers for the data and the secret needs no folder.
  const needsFolder = settings.databaseUrl === undefined || settings.secretKeyBase === undefined;
  const folder = needsFolder ? new DataFolder(settings.dataFolder) : undefined;
  if (settings.databaseUrl === undefined) folder?.claim();
  process.once("exit", () => folder?.release());
  if (command === "start") return start(settings, folder);
  if (command === "seed") return fill(settings, folder);
  if (command === "reset") return reset(settings, folder);
  throw new Error(`There is no command "${command}": leave it out, or use seed or reset.`);
}

async function start(settings: Settings, folder: DataFolder | undefined): Promise<void> {
  const { port, host, redisUrl, idleMs, trustProxy, demo, dev } = settings;
  const secretKeyBase = settings.secretKeyBase ?? folder?.secret() ?? "";
  const pubsub = redisUrl === undefined ? undefined : await connectRedis(redisUrl);
  const database = await prepare(settings, folder);
  const slack = await startSlack({
    port,
    host,
    database,
    pubsub,
    secretKeyBase,
    trustProxy,
    demo,
    dev,
    ...(idleMs === undefined ? {} : { idleMs }),
  }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  stopOnSignal(async (now) => {
    await slack.close({ now });
    await database.close();
  });
  console.log(`Roost: http://localhost:${slack.port} (open it in two windows; Ctrl+C stops it)`);
}

async function fill(settings: Settings, folder: DataFolder | undefined): Promise<void> {
  const database = await prepare(settings, folder);
  await insertDefaultPermissions(database.db);
  const done = await seed(database.db);
  await database.close();
  console.log(
    done ? "The database has demo data now." : "There are users already: nothing was changed. See npm run reset.",
  );
}

async function reset(settings: Settings, folder: DataFolder | undefined): Promise<void> {
  if (settings.databaseUrl !== undefined) await dropTables(settings.databaseUrl);
  else if (folder !== undefined) removeFolder(folder.database);
  await fill(settings, folder);
}

async function prepare({ databaseUrl }: Settings, folder: DataFolder | undefined): Promise<Database> {
  if (databaseUrl === undefined && folder !== undefined && isNew(folder.database)) {
    console.log(`Making a database in ${folder.database}: the first start takes a few seconds…`);
    await makeDatabase(folder.database);
  }
  const timer = setTimeout(() => console.log("Opening the database…"), PATIENCE);
  try {
    return await openDatabase(databaseUrl === undefined ? { folder: folder?.database } : { url: databaseUrl });
  } finally {
    clearTimeout(timer);
  }
}

/** The first signal lets everybody finish, a second one does not. */
function stopOnSignal(close: (now: boolean) => Promise<void>): void {
  let isStopping = false;
  const stop = (): void => {
    const now = isStopping;
    isStopping = true;
    close(now).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
}

function reasonFor(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === "EADDRINUSE") return `Port ${port} is taken. Pick another one: PORT=${port + 1} npm start`;
  if (error.code === "EACCES") return `Port ${port} needs more rights. Pick one above 1023: PORT=4000 npm start`;
  return error.message;
}
