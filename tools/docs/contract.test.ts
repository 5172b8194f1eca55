/** docs/guide/contract.md shows a contract, and a diff: they are what the command prints. And the page of an example is its contract. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contractOf, diffContracts, formatDiff, markdownOf } from "wingbeat/contract";
import { beforeAll, expect, it } from "vitest";
import { Game } from "../../examples/rooms/src/game.ts";
import { Rooms } from "../../examples/rooms/src/rooms.ts";
import { roomsSocket } from "../../examples/rooms/src/server.ts";
import { blocksOf, readDocument, root } from "./documents.ts";

type Contract = ReturnType<typeof contractOf>["document"];

const GUIDE = "docs/guide/contract.md";
const source = readDocument(GUIDE);
const blocks = blocksOf(GUIDE);
const block = (name: string) =>
  new RegExp(`<!-- contract: ${name} -->\\s*\`\`\`\\w+\\n([^]*?)\`\`\``).exec(source)?.[1] ?? "";

/** The document of a program: its sockets are written to a file, because it is one. */
async function contractIn(name: string, text: string): Promise<Contract> {
  const folder = join(root, "artifacts/contract");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.ts`), text);
  const { sockets } = (await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as {
    readonly sockets: Parameters<typeof contractOf>[0];
  };
  return contractOf(sockets, { title: "chat", version: "1.0.0" }).document;
}

let before: Contract;
let after: Contract;
beforeAll(async () => {
  const program = blocks.find(({ file }) => file === "socket.ts")?.text ?? "";
  const lines = (blocks.find(({ language }) => language === "diff")?.text ?? "").trimEnd().split("\n");
  let changed = program;
  for (let at = 0; at < lines.length; at += 2) {
    const [old = "", next = ""] = [lines[at]?.slice(1), lines[at + 1]?.slice(1)];
    if (!changed.includes(old)) throw new Error(`${GUIDE}: the diff has a line that socket.ts has not: ${old}`);
    changed = changed.replace(old, () => next);
  }
  [before, after] = await Promise.all([contractIn("before", program), contractIn("after", changed)]);
});

it.each([["operations room.new_msg"], ["channels room messages new_msg"]])("shows %s as it is written", (path) => {
  const part = path.split(" ").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], before);
  expect(JSON.parse(block(path))).toEqual(part);
});

it("shows the diff as it is printed", () => {
  expect(block("diff")).toBe(`${formatDiff(diffContracts(before, after), "text")}\n`);
});

it("has a waiver that the diff takes", () => {
  const waivers = blocks
    .filter(({ language, text }) => language === "json" && text.includes("until"))
    .map(({ text }) => JSON.parse(text) as []);
  const [list = []] = waivers;
  const { waived } = diffContracts(before, after, { waivers: list, today: "2027-01-01" });
  expect(waived.map(({ finding }) => finding.path)).toEqual(["$.to"]);
});

it("shows the Kotlin that the models have", async () => {
  const { modelsOf } = await import("wingbeat/contract");
  const { text } = modelsOf(before, "kotlin");
  const shown = blocks.find((one) => one.text.startsWith("val room"))?.text ?? "";
  for (const [, name = ""] of shown.matchAll(/room\.(\w+)/g)) expect(text).toContain(`fun ${name}(`);
  for (const [, name = ""] of shown.matchAll(/\b([A-Z]\w+)\(/g)) expect(text).toContain(`class ${name}(`);
});

it("the page of the example with rooms is its contract", async () => {
  const socket = roomsSocket(new Rooms(), new Game());
  const { document } = contractOf({ "/socket": socket }, { title: "The rooms example", version: "1.0.0" });
  await expect(markdownOf(document)).toMatchFileSnapshot(join(root, "docs/reference/rooms-contract.md"));
});
