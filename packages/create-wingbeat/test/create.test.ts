/** The command as a user runs it. What it makes is tried by `npm run try:create`, from packed packages. */
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const BIN = join(PACKAGE, "dist/main.js");
const VERSION = (JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string }).version;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly problem: string;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "create-wingbeat-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function node(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST") && !name.startsWith("npm_"));
  return new Promise((resolve) => {
    const options = { cwd, env: { ...Object.fromEntries(clean), NO_COLOR: "1", ...env } };
    execFile(process.execPath, args, options, (error, out, problem) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, problem });
    });
  });
}

const create = (cwd: string, ...args: string[]) => node(cwd, [BIN, ...args]);

describe("create-wingbeat", () => {
  it("writes an app with its name, our version and a .gitignore, and says how to go on", async () => {
    const folder = newFolder();
    const { code, out, problem } = await create(folder, "apps/my-chat", "--yes", "--no-install", "--no-git");
    expect({ code, problem }).toEqual({ code: 0, problem: "" });
    expect(out).toBe(`Created my-chat. Next:

    cd apps/my-chat
    npm install
    npm run dev

Then open http://localhost:4000 in two tabs and chat.
npm test runs its tests, npm run check checks its types; README.md explains the files.
To deploy it: npm run build, then NODE_ENV=production PORT=80 npm start. How, on which machines:
https://wingbeat.github.io/wingbeat/guide/deployment
`);
    const app = join(folder, "apps/my-chat");
    expect(readdirSync(app).sort()).toEqual(
      [
        ".gitignore",
        "README.md",
        "package.json",
        "page",
        "src",
        "test",
        "tsconfig.build.json",
        "tsconfig.json",
        "vitest.config.ts",
      ].sort(),
    );
    const manifest: unknown = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      name: "my-chat",
      private: true,
      dependencies: { wingbeat: `^${VERSION}` },
      devDependencies: { "@wingbeat/client": `^${VERSION}` },
    });
    expect(readFileSync(join(app, ".gitignore"), "utf8")).toMatch(/^node_modules$/m);
    expect(readFileSync(join(app, "README.md"), "utf8")).toMatch(/^# my-chat\n/);
  });

  it.each([
    ["chat", "page"],
    ["react", "page"],
    ["ai-chat", "web"],
  ])("makes an app of %s whose types check and whose tests pass", async (template, page) => {
    const folder = newFolder();
    await create(folder, "app", "--template", template, "--no-install", "--no-git");
    const app = join(folder, "app");
    symlinkSync(NODE_MODULES, join(app, "node_modules"));
    const tsc = join(NODE_MODULES, "typescript/bin/tsc");
    const [server, web, tests] = await Promise.all([
      node(app, [tsc]),
      node(app, [tsc, "-p", page]),
      node(app, [join(NODE_MODULES, "vitest/vitest.mjs"), "run", "--reporter=json"]),
    ]);
    expect([server.out, web.out]).toEqual(["", ""]);
    const results = JSON.parse(tests.out) as { success: boolean; numPassedTests: number };
    expect(results.success).toBe(true);
    expect(results.numPassedTests).toBeGreaterThanOrEqual(4);
  });

  it("makes a chat with a page in React: the server of the other chat, and nothing of its page's code", async () => {
    const folder = newFolder();
    await create(folder, "plain", "--yes", "--no-install", "--no-git");
    await create(folder, "with-react", "--template", "react", "--yes", "--no-install", "--no-git");
    const read = (app: string, file: string) => readFileSync(join(folder, app, file), "utf8");
    for (const file of ["src/channels/room.ts", "src/server.ts", "page/style.css"]) {
      expect(read("with-react", file)).toBe(read("plain", file));
    }
    expect(readdirSync(join(folder, "with-react/page"))).not.toContain("main.ts");
    const manifest: unknown = JSON.parse(read("with-react", "package.json"));
    expect(manifest).toMatchObject({ name: "with-react", devDependencies: { "@wingbeat/react": `^${VERSION}` } });
    expect(read("with-react", "README.md")).toMatch(/^# with-react\n/);
  });

  it("makes an AI chat with its name, our versions and a .gitignore, and says how to go on", async () => {
    const folder = newFolder();
    const { code, out } = await create(folder, "my-ai", "-t", "ai-chat", "--yes", "--no-install", "--no-git");
    expect(code).toBe(0);
    expect(out).toContain("ask something, and reload the page while it answers.");
    const app = join(folder, "my-ai");
    expect(readdirSync(app).sort()).toEqual(
      [".gitignore", "README.md", "package.json", "src", "test", "tsconfig.build.json", "tsconfig.json", "web"].sort(),
    );
    const manifest: unknown = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
    expect(manifest).toMatchObject({
      name: "my-ai",
      dependencies: { wingbeat: `^${VERSION}` },
      devDependencies: { "@wingbeat/client": `^${VERSION}`, "@wingbeat/react": `^${VERSION}` },
    });
    expect(readFileSync(join(app, ".gitignore"), "utf8")).toMatch(/^data$/m);
    expect(readFileSync(join(app, "README.md"), "utf8")).toMatch(/^# my-ai\n/);
    // What needs the repository stays there.
    expect(readdirSync(join(app, "test"))).not.toContain("browser");
  });

  it("refuses a directory with something in it, and leaves it as it is", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "full"));
    for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) writeFileSync(join(folder, "full", name), name);
    expect(await create(folder, "full", "--yes")).toEqual({
      code: 1,
      out: "",
      problem:
        "full is not empty (a.txt, b.txt, c.txt and 1 more), and nothing is ever overwritten. Choose another directory.\n",
    });
    expect(readdirSync(join(folder, "full"))).toEqual(["a.txt", "b.txt", "c.txt", "d.txt"]);
    expect(await create(folder, "full/a.txt", "--yes")).toMatchObject({
      code: 1,
      problem: "full/a.txt is a file. Choose another name.\n",
    });
  });

  it("goes into an empty directory with a repository, and makes a repository of its own elsewhere", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "cloned/.git"), { recursive: true });
    expect((await create(folder, "cloned", "--no-install", "--no-git")).code).toBe(0);
    expect((await create(folder, "new", "--no-install")).code).toBe(0);
    const untracked = execFileSync("git", ["status", "--short"], { cwd: join(folder, "new"), encoding: "utf8" });
    expect(untracked.split("\n")).toContain("?? .gitignore");
    expect(existsSync(join(folder, "new/.git"))).toBe(true);
  });

  it("speaks the words of the package manager that called it", async () => {
    const args = [BIN, "my-app", "--no-install", "--no-git"];
    const { out } = await node(newFolder(), args, { npm_config_user_agent: "pnpm/10.1.0 npm/? node/v20.20.2" });
    expect(out).toContain("    cd my-app\n    pnpm install\n    pnpm dev\n");
    expect(out).toContain("pnpm test runs its tests");
  });

  it("says when the dependencies cannot be installed, and how to try again", async () => {
    const args = [BIN, "my-app", "--yes", "--no-git"];
    expect(await node(newFolder(), args, { PATH: "/nonexistent" })).toEqual({
      code: 1,
      out: "",
      problem: "Created my-app, but npm could not install its dependencies. Try again: cd my-app && npm install\n",
    });
  });

  it("prints its usage and version, and refuses what it does not know", async () => {
    const folder = newFolder();
    expect((await create(folder, "--help")).out).toMatch(/^Usage: npm create wingbeat \[directory\]/);
    expect(await create(folder, "--version")).toEqual({ code: 0, out: `${VERSION}\n`, problem: "" });
    expect(await create(folder, "--force")).toEqual({
      code: 1,
      out: "",
      problem: "Unknown option '--force'. --help lists all options.\n",
    });
    expect((await create(folder, "one", "two")).problem).toContain("Give one directory, not 2: one, two.");
    expect((await create(folder, "--template", "todo")).problem).toBe(
      'There is no template "todo". Choose one of: chat, react, ai-chat.\n',
    );
    expect((await create(folder, "My App")).problem).toContain("e.g. my-app");
    expect(readdirSync(folder)).toEqual([]);
  });
});
