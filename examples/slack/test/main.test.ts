/** The program as it was built: what it prints, and how it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { DATABASE_TIMEOUT, emptyPglite } from "./databases.ts";

// Each test is a process or two, and the first PGlite of a folder takes its time.
vi.setConfig({ testTimeout: DATABASE_TIMEOUT });

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
/** Nobody listens there. The name may stand for two addresses. */
const NOWHERE = "localhost:1";

let empty: string;
beforeAll(async () => {
  empty = await emptyPglite();
}, DATABASE_TIMEOUT);

/** Runs the program, with the rest of the environment as tests have it. */
function start(environment: Record<string, string>, ...args: readonly string[]) {
  const { DATABASE_URL: _, REDIS_URL: __, SECRET_KEY_BASE: ___, ...rest } = process.env;
  const env = { ...rest, PORT: "0", ...environment };
  const child = spawn(process.execPath, ["--liftoff-only", MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const texts = { printed: "", complained: "" };
  child.stdout.on("data", (chunk: Buffer) => (texts.printed += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (texts.complained += String(chunk)));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    texts,
    ended,
    /** Resolves with the first group of what it prints; rejects when it ends before. */
    async says(pattern: RegExp): Promise<string> {
      for (;;) {
        const found = pattern.exec(texts.printed);
        if (found !== null) return found[1] ?? "";
        const next = await Promise.race([once(child.stdout, "data").then(() => "data"), ended]);
        if (next !== "data" && !pattern.test(texts.printed)) throw new Error(`ended: ${JSON.stringify(texts)}`);
      }
    },
    kill: (signal: NodeJS.Signals) => child.kill(signal),
  };
}

/** Ends by itself: with 0, or with 1 and one line that says why. */
async function run(environment: Record<string, string>, ...args: readonly string[]) {
  const { ended, texts } = start(environment, ...args);
  return { code: await ended, ...texts };
}

/** A data folder until the end of the test: without a database, or with an empty one. */
function dataFolder({ withDatabase }: { readonly withDatabase: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), "slack-main-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (withDatabase) cpSync(empty, join(folder, "database"), { recursive: true });
  return folder;
}

describe("the program", () => {
  it("serves the page and its socket until it is told to stop", async () => {
    const DATA_DIR = dataFolder({ withDatabase: true });
    const program = start({ DATA_DIR });
    const port = await program.says(/http:\/\/localhost:(\d+)/);
    const screen = await fetch(`http://127.0.0.1:${port}/api/login-screen`);
    const health = await fetch(`http://127.0.0.1:${port}/health`);

    expect(await screen.json()).toMatchObject({ demoUsers: [{ username: "alice" }, {}, {}, {}, {}] });
    expect(health.status).toBe(200);
    // Another one would spoil the files of this one.
    expect(await run({ DATA_DIR })).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/in use by process \d+/),
    });

    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    expect(program.texts.complained).toBe("");
    expect(existsSync(join(DATA_DIR, "process"))).toBe(false);
  });

  it("makes its database at the first start, and again when everything is to be as at the beginning", async () => {
    const DATA_DIR = dataFolder({ withDatabase: false });
    const made = await run({ DATA_DIR }, "reset");
    expect(made).toMatchObject({ code: 0, complained: "" });
    expect(made.printed).toMatch(/^Making a database in .*\n.*\bThe database has demo data now\.\n$/s);
    expect(readFileSync(join(DATA_DIR, "database", "PG_VERSION"), "utf8")).toMatch(/^\d+\n$/);

    expect(await run({ DATA_DIR }, "seed")).toMatchObject({ code: 0, printed: expect.stringContaining("already") });
  });
});

describe("what goes wrong at the start is one line:", () => {
  const oneLine = (text: string): RegExp => new RegExp(`^.*${text}.*\\n$`);

  it("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, complained } = await run({ PORT: String(port), DATA_DIR: dataFolder({ withDatabase: true }) });

    expect([code, complained]).toEqual([1, expect.stringMatching(oneLine(`Port ${port} is taken`))]);
  });

  it.each([
    ["a port that is none", { PORT: "http" }, "PORT must be a whole number"],
    [
      "a PostgreSQL that is not there",
      { DATABASE_URL: `postgres://slack@${NOWHERE}/slack` },
      "PostgreSQL cannot be reached at DATABASE_URL: .*ECONNREFUSED",
    ],
    [
      "a Redis that is not there",
      { REDIS_URL: `redis://${NOWHERE}`, DATABASE_URL: `postgres://${NOWHERE}`, SECRET_KEY_BASE: "s".repeat(64) },
      "Redis cannot be reached at REDIS_URL: .*ECONNREFUSED",
    ],
  ] as const)("%s", async (_, environment, message) => {
    const { code, complained } = await run({ DATA_DIR: dataFolder({ withDatabase: false }), ...environment });

    expect([code, complained]).toEqual([1, expect.stringMatching(oneLine(message))]);
  });

  it("a command that there is not", async () => {
    const { code, complained } = await run({ DATA_DIR: dataFolder({ withDatabase: false }) }, "sed");

    expect([code, complained]).toEqual([1, expect.stringMatching(oneLine('There is no command "sed"'))]);
  });
});
