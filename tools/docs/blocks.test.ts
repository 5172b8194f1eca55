/** Every code block of every document is true: it compiles as printed, and where it is a program, it runs as printed. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Socket } from "@wingbeat/client";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { faultsOf } from "./commands.ts";
import {
  checkComponents,
  checkVueComponents,
  compileBlocks,
  isSvelte,
  isTypeScript,
  isVue,
  writeBlocks,
} from "./compile.ts";
import { blocksOf, documents, root } from "./documents.ts";
import { PORTS } from "./ports.ts";
import { serve, start } from "./programs.ts";
import { isTutorial } from "./tutorial.ts";

/** Compilers and processes take as long as the machine needs. */
const PATIENCE = 600_000;
const polled = { timeout: PATIENCE };

/** Languages whose blocks other tests read: those of PROTOCOL.md, the proxies' configurations, recipes to deploy. */
const READ_ELSEWHERE = ["frame", "hex", "refused", "nginx", "caddyfile", "haproxy", "ini", "dockerfile", "yaml", "js"];
const NOT_CODE = ["text", "diff", "elixir", "ruby", "html", "toml"];

const blocks = documents.flatMap((document) => blocksOf(document));
/** Those of the tutorial are compiled by its own test. */
const typed = blocks.filter((block) => isTypeScript(block) && !isTutorial(block.document));
const components = blocks.filter(isSvelte);
const vueComponents = blocks.filter(isVue);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

/** Documents with a `server.ts`, a page that talks to it, and what that prints as the first block of text. */
const PAGES = {
  "docs/guide/channels.md": "client.ts",
  "docs/guide/client.md": "page.ts",
  "docs/guide/life-of-a-message.md": "page.ts",
  "docs/guide/sockets.md": "page.ts",
};

/** The program of a document in Python is run where there is one; in CI there is. */
const python =
  spawnSync("python3", ["--version"]).status === 0 || process.env["CI"] !== undefined
    ? { isMissing: false, note: "" }
    : { isMissing: true, note: " (left out: apt-get install python3)" };

beforeAll(() => writeBlocks([...typed, ...components, ...vueComponents]));

describe("the code blocks of all documents", () => {
  it("compile", { timeout: PATIENCE }, () => {
    expect(typed.length).toBeGreaterThan(40);
    expect(compileBlocks(typed)).toEqual([]);
  });

  it("compile as components of Svelte", { timeout: PATIENCE }, () => {
    expect(components.length).toBeGreaterThan(0);
    expect(checkComponents(components)).toBe("");
  });

  it("compile as components of Vue", { timeout: PATIENCE }, () => {
    expect(vueComponents.length).toBeGreaterThan(0);
    expect(checkVueComponents(vueComponents)).toBe("");
  });

  it("say why when they are not compiled", () => {
    const unchecked = blocks.filter(({ note }) => note.startsWith("no-check"));
    expect(unchecked.filter(({ note }) => !/^no-check: \w+ \w+/.test(note))).toEqual([]);
    expect(unchecked.length).toBeLessThanOrEqual(2);
  });

  it("have a language that a test knows", () => {
    const known = new Set([
      "ts",
      "tsx",
      "svelte",
      "vue",
      "sh",
      "json",
      "html",
      "css",
      "python",
      ...READ_ELSEWHERE,
      ...NOT_CODE,
    ]);
    expect(
      blocks.filter(({ language }) => !known.has(language)).map(({ document, line }) => `${document}:${line}`),
    ).toEqual([]);
  });

  it("name commands, scripts and paths that exist", () => {
    expect(inLanguage("sh").length).toBeGreaterThan(15);
    expect(inLanguage("sh").flatMap((block) => faultsOf(block))).toEqual([]);
  });

  it("are JSON where they say so", () => {
    for (const { text } of inLanguage("json")) expect(JSON.parse(text)).toBeTypeOf("object");
  });
});

describe("the programs of the documents", { timeout: PATIENCE }, () => {
  const run = async (document: string, file: string) => {
    const program = await serve(document, file);
    onTestFinished(() => program.kill());
    return program;
  };

  it("README.md: server and client chat over a socket", async () => {
    const { port } = await run("README.md", "server.ts");
    const client = start("README.md", "client.ts", `127.0.0.1:${port}`);
    onTestFinished(() => client.kill());
    await expect.poll(() => client.output(), polled).toBe("hello\n");
  });

  it("pages of guides print what the guide says", async () => {
    await Promise.all(
      Object.entries(PAGES).map(async ([document, page]) => {
        const { port } = await run(document, "server.ts");
        const program = start(document, page, `127.0.0.1:${port}`);
        onTestFinished(() => program.kill());
        const printed = blocks.find((block) => block.document === document && block.language === "text")?.text;
        await expect.poll(() => program.output(), { ...polled, message: document }).toBe(printed);
      }),
    );
  });

  it.each(Object.keys(PORTS))("%s: every version of the app prints what the page says", async (document) => {
    // What two clients of a page print has no order between them.
    const linesOf = (text = ""): string[] => text.split("\n").sort();
    const printed = linesOf(blocks.find((block) => block.document === document && block.language === "text")?.text);
    for (const { server, pages } of PORTS[document] ?? []) {
      const { port } = await run(document, server);
      for (const page of pages) {
        const program = start(document, page, `127.0.0.1:${port}`);
        onTestFinished(() => program.kill());
        await expect.poll(() => linesOf(program.output()), { ...polled, message: page }).toEqual(printed);
        program.kill();
      }
    }
  });

  it("docs/guide/add-to-an-app.md: servers of all frameworks have sockets beside their own routes", async () => {
    await Promise.all(
      ["express.ts", "fastify.ts", "hono.ts", "http.ts"].map(async (file) => {
        const { port } = await run("docs/guide/add-to-an-app.md", file);
        const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
        onTestFinished(() => socket.disconnect());
        socket.connect();
        const channel = socket.channel("room:42");
        const heard = new Promise((resolve) => channel.on("new_msg", resolve));
        await channel.join();
        const headers = { "content-type": "application/json" };
        const request = { method: "POST", headers, body: JSON.stringify({ body: "hello" }) };
        const { status } = await fetch(`http://127.0.0.1:${port}/rooms/42/messages`, request);
        if (file === "http.ts") return expect(status).toBe(200);
        expect(status, file).toBe(202);
        return expect(await heard).toEqual({ body: "hello" });
      }),
    );
  });

  it("packages/server/README.md: the server answers a ping", async () => {
    const { port } = await run("packages/server/README.md", "server.ts");
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel("room:42");
    expect(await channel.join()).toEqual({ welcome: "42" });
    expect(await channel.push("ping", { a: 1 })).toEqual({ a: 1 });
  });

  it("docs/guide/deployment.md: the server answers /health, and ends with 0 on SIGTERM", async () => {
    const { port, kill, ended } = await run("docs/guide/deployment.md", "server.ts");
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toMatchObject({ status: "ok" });
    kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it.skipIf(python.isMissing)(`docs/guide/publishing.md: a Python program publishes${python.note}`, async () => {
    vi.stubEnv("PUBLISH_SECRET", "a secret that both programs have");
    const { port } = await run("docs/guide/publishing.md", "server.ts");
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel("room:42");
    const heard = new Promise((resolve) => channel.on("new_msg", resolve));
    await channel.join();
    const [block] = inLanguage("python");
    const program = block?.text.replace("localhost:4000", `127.0.0.1:${port}`) ?? "";
    expect(execFileSync("python3", ["-c", program], { encoding: "utf8" })).toBe('{"accepted":1,"pubsub":"up"}\n');
    expect(await heard).toEqual({ body: "hello" });
  });

  it("docs/guide/resumable-streams.md: a page reads an answer, and so does a client that comes in the middle or later", async () => {
    const { port } = await run("docs/guide/resumable-streams.md", "server.ts");
    const page = start("docs/guide/resumable-streams.md", "page.ts", `127.0.0.1:${port}`);
    onTestFinished(() => page.kill());
    await expect.poll(() => page.output(), polled).toMatch(/^You\nYou said\n.*You said hello, and that is all\.\n$/s);

    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    const other = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    for (const one of [socket, other]) {
      onTestFinished(() => one.disconnect());
      one.connect();
    }
    const chat = socket.channel("chat");
    await chat.join();
    const { id } = (await chat.push("ask", { prompt: "so" })) as { readonly id: string };
    const read = (from: Socket, pieces = Infinity) =>
      new Promise<string>((resolve) => {
        const channel = from.channel(`run:${id}`);
        let text = "";
        channel.on("delta", (delta) => {
          text += (delta as { readonly text: string }).text;
          if (--pieces === 0) resolve(text);
        });
        channel.on("done", () => void channel.leave().receive("ok", () => resolve(text)));
        channel.join({ since: "earliest" });
      });
    expect(await read(socket, 3)).toBe("You said so,");
    expect(await read(other)).toBe("You said so, and that is all.");
    expect(await read(other)).toBe("You said so, and that is all.");
  });

  it("docs/guide/operations.md: the server has metrics", async () => {
    const { port } = await run("docs/guide/operations.md", "metrics.ts");
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("wingbeat_connections 0");
  });

  it("the tests in docs/guide/channels.md, testing.md, react.md and presence.md pass", async () => {
    const args = [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--config",
      "tools/docs/vitest.config.ts",
      "--reporter",
      "verbose",
    ];
    const child = spawn(process.execPath, args, { cwd: root, env: withoutVitest() });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const [code] = (await once(child, "exit")) as [number];
    expect(code, output).toBe(0);
    for (const title of [
      "shouts to everyone in the room",
      "refuses an unknown token",
      "shows what is shouted",
      "is a component that shouts and hears",
      "works over a WebSocket",
      "joins",
      "tracks everyone in the room",
      "stores a message and shows it to the room",
    ]) {
      expect(output).toContain(title);
    }
  });
});

/** The environment without what this test runner has put into it for its workers. */
const withoutVitest = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$|NODE_OPTIONS)/.test(name)),
  );
