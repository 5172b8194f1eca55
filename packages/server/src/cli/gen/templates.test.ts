/** Generated code names nothing twice, and no name that TypeScript keeps for itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readName } from "../name.ts";
import { generateChannel } from "./channel.ts";
import { generatePresence } from "./presence.ts";
import { generateSocket } from "./socket.ts";

const project = { root: mkdtempSync(join(tmpdir(), "wingbeat-cli-")), manifest: {} };
afterAll(() => rmSync(project.root, { recursive: true }));

const NAMES = [
  "Room",
  "Ok",
  "Refuse",
  "Socket",
  "Class",
  "It",
  "Joined",
  "Client",
  "Channel",
  "DefineChannel",
  "Delete",
  "Define",
];

/** The names that a text imports, declares or takes as parameters, without comments. */
function declaredIn(text: string): string[] {
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  const imported = [...code.matchAll(/import (?:type )?\{(.+)\}/g)].flatMap(([, names]) =>
    (names as string).split(","),
  );
  const declared = [...code.matchAll(/\b(?:const|function) (\w+)/g)].map(([, name]) => name as string);
  return [...imported, ...declared].map((name) => name.trim());
}

describe.each(NAMES)("gen with the name %s", (typed) => {
  mkdirSync(join(project.root, "channels"), { recursive: true });
  writeFileSync(join(project.root, "channels", `${readName(typed, "channel").path}.ts`), "");

  it.each([
    ["channel", () => generateChannel(readName(typed, "channel"), typed, project)],
    ["socket", () => generateSocket(readName(typed, "socket"), readName(typed, "channel"), project)],
    ["presence", () => generatePresence(readName(typed, "presence"), project)],
  ])("%s", (_kind, generate) => {
    for (const { text } of generate().files) {
      const outermost = declaredIn(text.replace(/^ .*$/gm, ""));
      expect(new Set(outermost).size, text).toBe(outermost.length);
      expect(text).not.toMatch(/const (class|delete) /);
    }
  });
});

describe("gen socket in an app that has sockets", () => {
  const root = mkdtempSync(join(tmpdir(), "wingbeat-cli-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const app = { root, manifest: {} };
  const mount = (sockets: string, name: string): string => {
    writeFileSync(join(root, "server.ts"), `createEndpoint({ sockets: { ${sockets} } })`);
    const { files, next } = generateSocket(readName(name, "socket"), undefined, app);
    const used = /new Socket<.+>\("(.+?)"/.exec(files[1]?.text ?? "")?.[1];
    expect(next[0]).toContain(`"${used}": `);
    return `${used}`;
  };

  it.each([
    ["", "Admin", "/socket"],
    ['"/socket": user', "Admin", "/admin-socket"],
    ['"/socket": user', "Back.Office", "/back-office-socket"],
    ['"/socket": user, "/admin-socket": a', "Admin", "/admin-socket-2"],
  ])("mounts { %s } and %s: on %s, for its client as well", (sockets, name, expected) => {
    expect(mount(sockets, name)).toBe(expected);
  });
});
