/** The command as a user runs it: a process of its own, in a project of its own. */
import { execFile } from "node:child_process";
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
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { CommandError } from "./cli/command-error.ts";
import { run } from "./cli/run.ts";

const NODE_MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
/** As published: under a loader for TypeScript it would not be seen whether the command brings its own. */
const BIN = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const MANIFEST = JSON.stringify({
  type: "module",
  dependencies: { wingbeat: "*", "@wingbeat/client": "*" },
  devDependencies: { vitest: "*" },
});
const TSCONFIG = JSON.stringify({
  compilerOptions: {
    module: "nodenext",
    target: "es2023",
    lib: ["es2023", "dom"],
    types: ["node"],
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  },
});

class Project {
  readonly root = mkdtempSync(join(tmpdir(), "wingbeat-cli-"));

  constructor(files: Record<string, string> = { "package.json": MANIFEST, "tsconfig.json": TSCONFIG }) {
    onTestFinished(() => rmSync(this.root, { recursive: true }));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** As after `npm install`. */
  install(): void {
    symlinkSync(NODE_MODULES, join(this.root, "node_modules"));
  }

  wingbeat(...args: string[]): Promise<Ended> {
    return this.wingbeatIn("", ...args);
  }

  wingbeatIn(folder: string, ...args: string[]): Promise<Ended> {
    return execute([BIN, ...args], join(this.root, folder));
  }

  run(script: string, ...args: string[]): Promise<Ended> {
    return execute([join(NODE_MODULES, script), ...args], this.root);
  }
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly problem: string;
}

function execute(args: readonly string[], cwd: string): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: { ...env, NO_COLOR: "1" } }, (error, out, problem) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, problem });
    });
  });
}

describe("wingbeat", () => {
  it("prints its usage and version", async () => {
    const project = new Project();
    const [bare, help, version] = await Promise.all([
      project.wingbeat(),
      project.wingbeat("gen", "--help"),
      project.wingbeat("-v"),
    ]);
    expect(bare).toEqual(help);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining("gen channel <Name>") });
    expect(version).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), problem: "" });
  });

  it.each([
    [["gne"], 'Unknown command "gne". Did you mean "wingbeat gen"?'],
    [["frobnicate"], 'Unknown command "frobnicate". wingbeat --help lists all options.'],
    [["gen"], "gen needs a kind: channel, socket or presence."],
    [["gen", "chanel", "Room"], 'gen does not know "chanel". Did you mean "gen channel"?'],
    [["gen", "model", "Room"], 'gen does not know "model". It generates a channel, a socket or a presence.'],
    [["gen", "channel"], "gen channel needs a name: wingbeat gen channel Room"],
    [["gen", "channel", "Room", "body:string"], "gen channel takes one name, not 2: wingbeat gen channel Room"],
    [["gen", "socket", "user"], '"user" is not a name for a socket: use words'],
    [["gen", "channel", "Room", "--force"], "Unknown option '--force'. wingbeat --help lists all options."],
    [["gen", "channel", "Room", "--from-channel", "Room"], "--from-channel is an option of gen socket"],
    [["gen", "socket", "User", "--from-channel", "Room"], "channels/room.ts does not exist."],
    [["routes"], "Which module? Name the one with the sockets, as in wingbeat routes src/socket.ts"],
    [["routes", "nowhere.js"], "nowhere.js does not exist."],
    [["routes", "a.js", "b.js"], "routes takes one module"],
  ])("answers %j with a sentence", async (args, sentence) => {
    const project = new Project();
    const problem: unknown = await run(args, project.root).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(CommandError);
    expect((problem as CommandError).message.startsWith(sentence), String(problem)).toBe(true);
    expect(readdirSync(project.root).sort()).toEqual(["package.json", "tsconfig.json"]);
  });

  it("tells such a sentence on stderr, with exit code 1", async () => {
    expect(await new Project().wingbeat("gne")).toEqual({
      code: 1,
      out: "",
      problem: 'Unknown command "gne". Did you mean "wingbeat gen"?\n',
    });
  });

  it("refuses the root of workspaces", async () => {
    const project = new Project({ "package.json": '{"workspaces":["packages/*"]}' });
    await expect(run(["gen", "channel", "Room"], project.root)).rejects.toThrow(
      "is the root of workspaces: run this command in the workspace that depends on wingbeat.",
    );
  });
});

describe("wingbeat gen", () => {
  it("makes a channel, a socket and a presence that compile, and a test that passes", async () => {
    const project = new Project();
    project.install();
    project.write("src/server.ts", "");
    expect(await project.wingbeat("gen", "channel", "Room")).toEqual({
      code: 0,
      out: `Wrote src/channels/room.ts
Wrote src/channels/room.test.ts

No socket has it yet. To generate one: npx wingbeat gen socket User --from-channel Room

Run its test: npx vitest run src/channels/room.test.ts
`,
      problem: "",
    });
    const server =
      'import { createEndpoint } from "wingbeat";\nexport const endpoint = createEndpoint({ sockets: {} });\n';
    project.write("src/server.ts", server);
    expect((await project.wingbeat("gen", "socket", "User", "--from-channel", "Room")).out)
      .toBe(`Wrote src/channels/user-socket.ts
Wrote src/channels/user-socket.client.ts

Mount it on the endpoint in src/server.ts:

    import { userSocket } from "./channels/user-socket.js";

    createEndpoint({ sockets: { "/socket": userSocket } })

Import src/channels/user-socket.client.ts in your page.
`);
    expect((await project.wingbeat("gen", "channel", "Admin.ChatRoom")).out).toBe(`Wrote src/channels/admin/chat-room.ts
Wrote src/channels/admin/chat-room.test.ts

Add it to the socket in src/channels/user-socket.ts:

    import { adminChatRoom } from "./admin/chat-room.js";

    channels: [..., adminChatRoom],

Run its test: npx vitest run src/channels/admin/chat-room.test.ts
`);
    expect((await project.wingbeat("gen", "socket", "Admin.Bare")).out).toContain('"./channels/admin/bare-socket.js"');
    expect((await project.wingbeat("gen", "presence")).out).toContain(
      'import { presence } from "./channels/presence.js";\n\n    createEndpoint({ ..., presence: [presence] })',
    );
    expect((await project.wingbeat("gen", "presence", "Editors")).code).toBe(0);

    const [types, tests] = await Promise.all([
      project.run("typescript/bin/tsc"),
      project.run("vitest/vitest.mjs", "run", "--reporter=json"),
    ]);
    expect(types).toEqual({ code: 0, out: "", problem: "" });
    expect(JSON.parse(tests.out)).toMatchObject({ success: true, numPassedTests: 6 });
  });

  describe("channel, when there is no socket,", () => {
    /** Runs it for a user who types this when asked. */
    const genRoom = (project: Project, typed: string, ...options: string[]) => {
      const input = new PassThrough();
      const output = new PassThrough();
      let asked = "";
      output.on("data", (chunk: Buffer) => {
        asked += chunk.toString();
        setImmediate(() => input.end(typed));
      });
      return run(["gen", "channel", "Room", ...options], project.root, { input, output }).then((text) => ({
        text,
        asked,
      }));
    };
    const written = (project: Project) => readdirSync(join(project.root, "channels")).sort();
    const CHANNEL = ["room.test.ts", "room.ts"];
    const HINT = "To generate one: npx wingbeat gen socket User --from-channel Room";

    it.each(["\n", "y\n", "Yes\n"])("makes one that leads to it for the answer %j", async (typed) => {
      const project = new Project();
      const { text, asked } = await genRoom(project, typed);
      expect(asked).toBe("No socket has it yet. Generate a UserSocket with this channel on it? [Y/n] ");
      expect(text).toBe(`Wrote channels/room.ts
Wrote channels/room.test.ts
Wrote channels/user-socket.ts
Wrote channels/user-socket.client.ts

Mount it on the endpoint:

    import { userSocket } from "./channels/user-socket.js";

    createEndpoint({ sockets: { "/socket": userSocket } })

Import channels/user-socket.client.ts in your page.

Run its test: npx vitest run channels/room.test.ts`);
      expect(project.read("channels/user-socket.ts")).toContain("channels: [room],");
    });

    it.each(["n\n", "no\n", "later\n", ""])("says how to make one for the answer %j", async (typed) => {
      const project = new Project();
      expect((await genRoom(project, typed)).text).toContain(HINT);
      expect(written(project)).toEqual(CHANNEL);
    });

    it("asks nothing with --yes, and nothing when there is one", async () => {
      const project = new Project();
      const { text, asked } = await genRoom(project, "y\n", "--yes");
      expect(text).toContain(HINT);
      expect(asked).toBe("");
      expect(written(project)).toEqual(CHANNEL);
      const other = new Project();
      other.write("socket.ts", "export const userSocket = defineSocket({});");
      expect(await genRoom(other, "y\n")).toMatchObject({ text: expect.stringContaining("Add it to"), asked: "" });
    });
  });

  it("overwrites nothing, and writes nothing when one file is there", async () => {
    const project = new Project();
    project.write("channels/room.test.ts", "mine");
    expect(await project.wingbeat("gen", "channel", "Room")).toEqual({
      code: 1,
      out: "",
      problem: "channels/room.test.ts exists already, so nothing was written. Choose another name.\n",
    });
    expect(existsSync(join(project.root, "channels/room.ts"))).toBe(false);
    expect(project.read("channels/room.test.ts")).toBe("mine");
  });
});

describe("wingbeat routes", () => {
  const SOCKET = `import { defineChannel, defineSocket, ok } from "wingbeat";
const schema = { "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } };
const room = defineChannel("room:{id}").pushes({ new_msg: schema, typing: schema }).join(() => ok())
  .handleIn("new_msg", () => {}).handleIn("ping", () => {}).handleOut("typing", () => {});
const lobby = defineChannel("lobby").join(() => ok());
export const userSocket = defineSocket({ connect: () => ok(), channels: [room, lobby] });
export const sockets = { "/socket": { socket: userSocket, longpoll: true } };
setInterval(() => {}, 1_000);
`;
  const TABLE = `SOCKET   TRANSPORTS                                              TOPIC      HANDLES        PUSHES           INTERCEPTS
/socket  websocket /socket/websocket, longpoll /socket/longpoll  room:{id}  new_msg, ping  new_msg, typing  typing
                                                                 lobby
`;

  it("prints what a TypeScript module declares, and ends", async () => {
    const project = new Project();
    project.install();
    project.write("src/socket.ts", `${SOCKET}\nexport const typed: number = 1;`);
    expect(await project.wingbeat("routes", "src/socket.ts")).toEqual({ code: 0, out: TABLE, problem: "" });
  });

  it("reads the module that package.json names, from any folder of the project", async () => {
    const project = new Project({ "package.json": '{"type":"module","wingbeat":{"routes":"./src/socket.js"}}' });
    project.install();
    project.write("src/socket.js", SOCKET);
    expect((await project.wingbeatIn("src", "routes")).out).toBe(TABLE);
  });

  it("reads an endpoint that is exported", async () => {
    const project = new Project();
    project.install();
    project.write(
      "socket.js",
      `${SOCKET.replace("export const sockets", "const sockets")}
import { createEndpoint } from "wingbeat";
export const endpoint = createEndpoint({ sockets });`,
    );
    expect((await project.wingbeat("routes", "socket.js")).out).toBe(TABLE);
  });

  it("reads TypeScript in a project of CommonJS modules", async () => {
    const project = new Project({ "package.json": "{}", "socket.ts": SOCKET });
    project.install();
    expect((await project.wingbeat("routes", "socket.ts")).out).toBe(TABLE);
  });

  it("asks for tsx when a project without it names TypeScript", async () => {
    const project = new Project();
    project.write("socket.ts", SOCKET);
    const { code, problem } = await project.wingbeat("routes", "socket.ts");
    expect({ code, problem }).toEqual({
      code: 1,
      problem: expect.stringMatching(/^socket\.ts is TypeScript, .* npm install --save-dev tsx, or name the compiled/),
    });
  });

  it("says when a module has no sockets, and when it throws", async () => {
    const project = new Project();
    project.write("empty.js", "export const answer = 42;");
    project.write("broken.js", 'throw new Error("no database");');
    const [empty, broken] = await Promise.all([
      project.wingbeat("routes", "empty.js"),
      project.wingbeat("routes", "broken.js"),
    ]);
    expect(empty).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/^empty\.js exports no socket \(it exports answer\)/),
    });
    expect(broken).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/^broken\.js threw when it was imported\.\n\nError: no database/),
    });
  });
});

describe("wingbeat contract", () => {
  const socket = (text = "string") => `import { type } from "arktype";
import * as v from "valibot";
import { defineChannel, defineSocket, ok } from "wingbeat";
const room = defineChannel("room:{id}").pushes({ new_msg: type({ text: "${text}" }) })
  .join({ payload: v.object({}), reply: v.null(), error: v.null() }, () => ok(null)).handleIn("ping", () => {});
const userSocket = defineSocket({ params: v.object({}), connect: () => ok(), channels: [room] });
export const sockets = { "/socket": userSocket };
setInterval(() => {}, 1_000);
`;
  const project = () => {
    const made = new Project({
      "package.json": '{"name":"chat","version":"1.2.0","type":"module","wingbeat":{"routes":"./socket.js"}}',
    });
    made.install();
    made.write("socket.js", socket());
    return made;
  };

  it("writes the contract of the module that package.json names, says what is open, and ends", async () => {
    const made = project();
    const [printed, written] = await Promise.all([
      made.wingbeat("contract"),
      made.wingbeat("contract", "socket.js", "-o", "contract.json", "--validate"),
    ]);
    expect(written).toMatchObject({ code: 0, out: "Wrote contract.json\n", problem: printed.problem });
    expect(printed.problem).toContain("  room:{id}, ping: payload, reply, error\n");
    expect(printed.out).toBe(made.read("contract.json"));
    expect(JSON.parse(printed.out)).toMatchObject({
      asyncapi: "3.1.0",
      info: { title: "chat", version: "1.2.0" },
      channels: { room: { messages: { "push.new_msg": { payload: { properties: { text: { type: "string" } } } } } } },
    });
    expect((await made.wingbeat("contract", "contract.json", "--format", "md")).out).toContain(
      "### Server sends `new_msg`",
    );
  });

  it("writes models, again and again", async () => {
    const made = project();
    for (const language of ["kotlin", "swift", "dart"]) {
      const models = () => made.wingbeat("contract", "models", "--language", language, "-o", "made");
      expect([await models(), await models()]).toMatchObject([{ code: 0 }, { code: 0 }]);
    }
    expect(readdirSync(join(made.root, "made")).sort()).toEqual(["Contract.kt", "Contract.swift", "contract.dart"]);
    expect(made.read("made/Contract.kt")).toContain("class RoomChannel(");
  });

  it("exits with 1 when clients break, with 0 when none does or the version says so, with 2 when it cannot tell", async () => {
    const made = project();
    const contract = async (file: string, text: string, version: string) => {
      made.write("socket.js", socket(text));
      made.write("package.json", `{"name":"chat","version":"${version}","type":"module"}`);
      expect((await made.wingbeat("contract", "socket.js", "-o", file)).code).toBe(0);
    };
    await contract("old.json", "string", "1.2.0");
    await contract("new.json", "string | null", "2.0.0");
    const waiver = { event: "new_msg", reason: "no client shows it", until: "2999-01-01" };
    made.write("waivers.json", JSON.stringify([waiver]));
    made.write("bad.json", "{");
    const outcomes = await Promise.all(
      [
        ["old.json", "new.json"],
        ["old.json", "old.json"],
        ["old.json", "new.json", "--verdict", "B"],
        ["old.json", "new.json", "--bump"],
        ["old.json", "new.json", "--waivers", "waivers.json"],
        ["old.json", "new.json", "--format", "html"],
        ["old.json"],
        ["old.json", "bad.json"],
        ["old.json", "package.json"],
        ["old.json", "new.json", "--waivers", "old.json"],
      ].map((args) => made.wingbeat("contract", "diff", ...args)),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([1, 0, 0, 0, 0, 2, 2, 2, 2, 2]);
    expect(outcomes[0]).toMatchObject({
      out: expect.stringContaining(
        "✗ room:{id} › new_msg › push $.text\n    old clients that listen to it: the new server may send null",
      ),
      problem: "The contract breaks clients (verdict A).\n",
    });
    expect(outcomes.slice(5).map(({ problem }) => problem.split(/[:.]/)[0])).toEqual([
      '--format is "html"',
      "contract diff takes two files",
      "bad",
      "the new contract is not an AsyncAPI 3 document",
      "old",
    ]);
  });

  it.each([
    [["contract", "a.js", "b.js"], "contract takes one module"],
    [["contract", "socket.js", "--format", "html"], '--format is "html": it is one of json, md.'],
    [["contract", "socket.js", "--asyncapi", "2.6"], '--asyncapi is "2.6": it is one of 3.0, 3.1.'],
    [["contract", "socket.js", "--oops"], "Unknown option '--oops'. wingbeat --help lists all options."],
    [["contract", "nowhere.json"], "nowhere.json cannot be read"],
    [["contract", "models", "socket.js"], "contract models takes a module or contract, a language and a folder"],
    [
      ["contract", "models", "socket.js", "-l", "go", "-o", "x"],
      '--language is "go": it is one of swift, kotlin, dart.',
    ],
    [["contract", "package.json", "--format", "md"], "the document is not an AsyncAPI 3 document"],
    [["contract", "socket.js", "-o", "nowhere/contract.json"], "nowhere/contract.json cannot be written"],
    [["contract", "date.js"], "room, x: payload at $.at cannot be written as JSON Schema: Date cannot be represented"],
    [
      ["contract", "socket.js", "--validate"],
      "--validate uses the official parser: npm install --save-dev @asyncapi/parser",
    ],
  ])("answers %j with a sentence", async (args, sentence) => {
    const made = new Project({ "package.json": '{"type":"module"}' });
    const spec = (
      schema: string,
    ) => `import { z } from ${JSON.stringify(new URL("../../../node_modules/zod/index.js", import.meta.url).href)};
import { defineChannel, defineSocket, ok } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
const room = defineChannel("room").join(() => ok()).handleIn("x", ${schema}, () => {});
export const socket = defineSocket({ connect: () => ok(), channels: [room] });`;
    made.write("socket.js", spec("z.object({})"));
    made.write("date.js", spec("z.object({ at: z.date() })"));
    const problem: unknown = await run(args, made.root).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(CommandError);
    expect((problem as CommandError).message.startsWith(sentence), String(problem)).toBe(true);
  });
});
