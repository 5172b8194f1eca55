/** What the command asks at a terminal, answered by keys. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { run } from "../src/run.ts";

const ENTER = "\r";
const CTRL_C = "\u0003";
const BACKSPACE = "\u007f";
const DOWN = "\u001b[B";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "create-wingbeat-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A terminal and somebody at it, who presses keys when a text that they wait for is on the screen. */
class User {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  screen = "";
  readonly #waiting: { readonly text: string; readonly keys: string }[];

  constructor(answers: readonly (readonly [text: string, keys: string])[]) {
    this.#waiting = answers.map(([text, keys]) => ({ text, keys }));
    this.output.on("data", (chunk: Buffer) => {
      this.screen += stripVTControlCharacters(chunk.toString());
      // After the prompt has begun to listen.
      setImmediate(() => this.#look());
    });
  }

  /** Each answer waits for what is shown after the one before. */
  #look(): void {
    const [next] = this.#waiting;
    if (next === undefined || !this.screen.includes(next.text)) return;
    this.#waiting.shift();
    this.screen = "";
    this.input.write(next.keys);
  }

  get unanswered(): readonly string[] {
    return this.#waiting.map(({ text }) => text);
  }
}

const OPEN = ["--no-install", "--no-git"];

describe("create-wingbeat at a terminal", () => {
  it("takes its own proposals for an answer", async () => {
    const folder = newFolder();
    const user = new User([
      ["Which directory?", ENTER],
      ["What is it?", ENTER],
      ["Make a git repository?", ENTER],
    ]);
    expect(await run(["--no-install"], folder, user)).toContain("Created my-app. Next:");
    expect(user.unanswered).toEqual([]);
    expect(readdirSync(join(folder, "my-app"))).toContain("package.json");
    expect(existsSync(join(folder, "my-app/.git"))).toBe(true);
    expect(readdirSync(join(folder, "my-app"))).toContain("page");
  });

  it("makes what is chosen", async () => {
    const folder = newFolder();
    const user = new User([["What is it?", `${DOWN}${DOWN}${ENTER}`]]);
    expect(await run(["chat", ...OPEN], folder, user)).toContain("Created chat.");
    expect(user.unanswered).toEqual([]);
    expect(readdirSync(join(folder, "chat"))).toContain("web");
  });

  it("asks whether to install, and does what it is told", async () => {
    const folder = newFolder();
    const user = new User([
      ["Which directory?", `chat${ENTER}`],
      ["What is it?", ENTER],
      ["Install dependencies with npm now?", `n${ENTER}`],
      ["Make a git repository?", `n${ENTER}`],
    ]);
    expect(await run([], folder, user)).toContain("    cd chat\n    npm install\n    npm run dev\n");
    expect(user.unanswered).toEqual([]);
    expect(readdirSync(folder)).toEqual(["chat"]);
    expect(existsSync(join(folder, "chat/.git"))).toBe(false);
  });

  it("asks again for a name that will not do, and says why", async () => {
    const folder = newFolder();
    const user = new User([
      ["Which directory?", `My App${ENTER}`],
      ["is not a valid npm package name", `${BACKSPACE.repeat(6)}zod${ENTER}`],
      ['"zod" is the name of a package that the app needs', `${BACKSPACE.repeat(3)}my-app${ENTER}`],
      ["What is it?", ENTER],
    ]);
    expect(await run(OPEN, folder, user)).toContain("Created my-app.");
    expect(user.unanswered).toEqual([]);
    expect(readdirSync(folder)).toEqual(["my-app"]);
  });

  it("asks nothing that was said on the command line", async () => {
    const folder = newFolder();
    const user = new User([]);
    expect(await run(["chat", "--template", "chat", ...OPEN], folder, user)).toContain("Created chat.");
    expect(user.screen).not.toContain("?");
    expect(await run(["other", "--yes", ...OPEN], folder, user)).toContain("Created other.");
  });

  it.each([
    ["the first question", [["Which directory?", CTRL_C]]],
    [
      "the last question",
      [
        ["Which directory?", ENTER],
        ["What is it?", ENTER],
        ["Install dependencies", ENTER],
        ["Make a git repository?", CTRL_C],
      ],
    ],
  ] as const)("makes nothing when it is interrupted at %s", async (_which, answers) => {
    const folder = newFolder();
    const user = new User(answers);
    expect(await run([], folder, user)).toBeUndefined();
    expect(user.unanswered).toEqual([]);
    expect(user.screen).toContain("Nothing was created.");
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** Lets a process take its pipes for a terminal. */
const AS_TERMINAL = `data:text/javascript,${encodeURIComponent(`
  Object.assign(process.stdin, { isTTY: true, setRawMode: () => {} });
  Object.assign(process.stdout, { isTTY: true });
`)}`;

it("ends with exit code 1 when it is interrupted", async () => {
  const folder = newFolder();
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const args = ["--import", AS_TERMINAL, main];
  const ended = await new Promise<{ code: number; out: string }>((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder }, (error, out) =>
      resolve({ code: Number(error?.code ?? 0), out: stripVTControlCharacters(out) }),
    );
    let shown = "";
    child.stdout?.on("data", (chunk: string) => {
      if (shown.includes("Which directory?")) return;
      shown += stripVTControlCharacters(chunk);
      if (shown.includes("Which directory?")) child.stdin?.end(CTRL_C);
    });
  });
  expect(ended).toEqual({ code: 1, out: expect.stringContaining("Nothing was created.") });
  expect(readdirSync(folder)).toEqual([]);
});
