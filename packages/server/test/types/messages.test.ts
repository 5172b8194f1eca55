/** What the compiler says to somebody who forgot something: it must name the thing in words. */
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const server = join(import.meta.dirname, "../..");

/** The messages about a piece of code which has the public names of `wingbeat`. */
function messagesAbout(code: string): readonly string[] {
  const file = join(import.meta.dirname, "forgotten.ts");
  const { config } = ts.readConfigFile(join(server, "../../tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, server);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === file || fileExists.call(host, path);
  host.getSourceFile = (path, ...rest) =>
    path === file
      ? ts.createSourceFile(path, `import { defineChannel, defineSocket, ok } from "../../src/index.ts";\n${code}`, {
          languageVersion: ts.ScriptTarget.ES2023,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram(
    [file],
    { ...options, noEmit: true, composite: false, declaration: false, declarationMap: false },
    host,
  );
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

it("says which assigns a channel needs and which it is given", () => {
  const messages = messagesAbout(`
    const room = defineChannel("room:{id}").assigns<{ user: { id: number } }>().join(() => ok());
    defineSocket({ connect: () => ok({ name: "ada" }), channels: [room] });
  `);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain("this channel declares assigns that connect and its route do not provide");
  expect(messages[0]).toContain("MissingAssigns<{ user: { id: number; }; }, { name: string; }>");
});
