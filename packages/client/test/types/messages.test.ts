/** What the compiler says about a client's mistakes: short, in the words of the server, not in those of our types. */
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

const repository = join(import.meta.dirname, "../../../..");

const PROGRAM = `
import { Socket } from "@wingbeat/client";
import type { userSocket } from "./server.ts";
const socket = new Socket<typeof userSocket>("/socket");
const room = socket.channel("room:1", { since: 1 });
type Plain<Topic> = { topic: Topic; join: { in: unknown; reply: never }; events: {}; pushes: {} };
type Large = ${Array.from({ length: 100 }, (_, n) => `Plain<"channel${n}:{id}">`).join(" | ")};
const large = new Socket<{ "~contract": { channels: Large } }>("/socket");
`;

const MISTAKES = {
  topic: `socket.channel("rooms:1");`,
  "topic of many": `large.channel("chanel1:1");`,
  "join param": `socket.channel("room:1", { since: "yesterday" });`,
  "missing join param": `socket.channel("document:1", {});`,
  "missing join params": `socket.channel("document:1");`,
  event: `room.push("new_mgs", { body: "" });`,
  payload: `room.push("new_msg", { body: 1 });`,
  "missing payload": `room.push("new_msg");`,
  "reply field": `(await room.push("new_msg", { body: "" })).idd;`,
  "event of the server": `room.on("new_message", () => {});`,
  "field of the server's event": `room.on("new_msg", (message) => message.text);`,
};

/** The messages about each mistake: one program of them all, a statement a line. */
function compile(): Map<string, readonly string[]> {
  const file = join(import.meta.dirname, "mistakes.ts");
  const { config } = ts.readConfigFile(join(repository, "tsconfig.test.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repository);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const source = ts.createSourceFile(file, PROGRAM + Object.values(MISTAKES).join("\n"), {
    languageVersion: ts.ScriptTarget.ES2023,
    impliedNodeFormat: ts.ModuleKind.ESNext,
  });
  host.fileExists = (path) => path === file || fileExists.call(host, path);
  host.getSourceFile = (path, ...rest) => (path === file ? source : getSourceFile.call(host, path, ...rest));
  const program = ts.createProgram([file], options, host);
  const first = PROGRAM.split("\n").length - 1;
  const messages = new Map<string, string[]>(Object.keys(MISTAKES).map((name) => [name, []]));
  for (const { start, messageText } of program.getSemanticDiagnostics(program.getSourceFile(file))) {
    const line = source.getLineAndCharacterOfPosition(start ?? 0).line - first;
    const name = Object.keys(MISTAKES)[line] ?? `line ${line}`;
    messages.set(name, [...(messages.get(name) ?? []), ts.flattenDiagnosticMessageText(messageText, "\n")]);
  }
  return messages;
}

describe("the compiler's message about a wrong", () => {
  let messages: Map<string, readonly string[]>;
  beforeAll(() => {
    messages = compile();
  });

  it.each([
    ["topic", `'"rooms:1"' is not assignable`],
    ["topic of many", `'"chanel1:1"' is not assignable`],
    ["join param", "'string' is not assignable to type 'number'"],
    ["missing join param", "'{}' is not assignable to parameter of type 'JoinParams<{ version: number; }>'"],
    ["missing join params", "Expected 2 arguments, but got 1"],
    ["event", `'"new_mgs"' is not assignable to parameter of type '"new_msg" | "seen" | \`reaction:\${string}\`'`],
    ["payload", "'number' is not assignable to type 'string'"],
    ["missing payload", "Expected 2-3 arguments, but got 1"],
    ["reply field", "'idd' does not exist on type '{ id: number; at: string; }'"],
    ["event of the server", `'"new_message"' is not assignable to parameter of type '"new_msg" | "typing" |`],
    ["field of the server's event", "'text' does not exist on type '{ id: number; body: string; }'"],
  ])("%s is short and says what is wrong", (name, expected) => {
    expect(messages.get(name)).toHaveLength(1);
    const [message = ""] = messages.get(name) ?? [];
    expect(message).toContain(expected);
    expect(message.length).toBeLessThan(400);
    expect(message).not.toMatch(/ChannelContract|ChannelAt|ByName|EventAt|Zod|SocketDefinition|Pick<|"~contract"/);
  });

  it("program has no other mistakes", () => {
    expect([...messages.keys()]).toEqual(Object.keys(MISTAKES));
  });
});
