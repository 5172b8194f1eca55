import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { channelsFolder, endpointFile, fileThatCalls, findProject, importPath } from "./project.ts";
import { writeNew } from "./write.ts";

/** A folder with these files, gone after the test. */
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "wingbeat-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe("findProject", () => {
  it("goes up to the next package.json", () => {
    const root = folderWith({ "package.json": '{"name":"x"}', "src/deep/file.ts": "" });
    expect(findProject(join(root, "src/deep"))).toEqual({ root, manifest: { name: "x" } });
  });

  it("says where a package.json is broken", () => {
    const root = folderWith({ "package.json": "{" });
    expect(() => findProject(root)).toThrow(`${join(root, "package.json")} cannot be read: `);
  });
});

describe("a project", () => {
  it("has its channels below src, where there is one", () => {
    expect(channelsFolder(findProject(folderWith({ "package.json": "{}", "src/a.ts": "" })))).toBe("src/channels");
    expect(channelsFolder(findProject(folderWith({ "package.json": "{}" })))).toBe("channels");
  });

  it.each([
    ["{}", ".js"],
    ['{ // comments are allowed\n "compilerOptions": { "allowImportingTsExtensions": true } }', ".ts"],
    ['{ "compilerOptions": { "rewriteRelativeImportExtensions" : true } }', ".ts"],
    ['{ "compilerOptions": { "rewriteRelativeImportExtensions": false } }', ".js"],
  ])("with tsconfig %j imports %s", (tsconfig, ending) => {
    const project = findProject(folderWith({ "package.json": "{}", "tsconfig.json": tsconfig }));
    expect(importPath(project, "src/socket.ts", "src/channels/room")).toBe(`./channels/room${ending}`);
    expect(importPath(project, "src/channels/a/b.ts", "src/room")).toBe(`../../room${ending}`);
  });

  it("knows which file calls a function: nearest to the root, no tests, nothing installed or built", () => {
    const call = "export const s = defineSocket({});";
    const files = {
      "package.json": "{}",
      "node_modules/x/a.ts": call,
      "dist/a.js": call,
      "src/a.test.ts": call,
      "src/b.d.ts": call,
      "src/channels/user-socket.ts": call,
      "src/z.ts": "undefineSocket()",
    };
    expect(fileThatCalls(findProject(folderWith(files)), "defineSocket")).toBe("src/channels/user-socket.ts");
    const nearer = findProject(folderWith({ ...files, "src/socket.ts": call }));
    expect(fileThatCalls(nearer, "defineSocket")).toBe("src/socket.ts");
    expect(fileThatCalls(nearer, "createEndpoint")).toBeUndefined();
  });

  it("knows where sockets are mounted, also apart from createEndpoint, and which paths are taken", () => {
    const options = 'export const options = { sockets: { "/socket": user, "/admin": admin }, presence: [p] };';
    const files = { "package.json": "{}", "src/server.ts": "createEndpoint({ ...options })", "src/z.ts": options };
    expect(endpointFile(findProject(folderWith(files)))).toEqual({
      path: "src/z.ts",
      isThere: true,
      mounts: ["/socket", "/admin"],
      isApart: true,
    });
    const together = { "package.json": "{}", "src/server.ts": `createEndpoint({ sockets: { '/a': a } })` };
    expect(endpointFile(findProject(folderWith(together)))).toMatchObject({ mounts: ["/a"], isApart: false });
    expect(endpointFile(findProject(folderWith({ "package.json": "{}", "src/a.ts": "" })))).toEqual({
      path: "src/server.ts",
      isThere: false,
      mounts: [],
      isApart: false,
    });
  });
});

describe("writeNew", () => {
  it("writes nothing when one of the files is there", () => {
    const root = folderWith({ "b.ts": "mine" });
    const files = ["a.ts", "b.ts"].map((path) => ({ path, text: "new" }));
    expect(() => writeNew(root, files)).toThrow("b.ts exists already, so nothing was written.");
    expect(() => writeNew(root, [files[0] as never, { path: "c/d.ts", text: "new" }])).not.toThrow();
    expect(() => writeNew(root, files)).toThrow("a.ts and b.ts exist already");
  });
});
