/**
 * What the compiler says about the usual mistakes, each in a file of `mistakes/`. The first message of each is what a
 * stranger reads: `mistakes.txt` has them all. After a change of it, read them as a stranger would.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { messagesIn } from "./program.ts";

const FOLDER = join(import.meta.dirname, "mistakes");
const files = readdirSync(FOLDER)
  .filter((name) => name !== "app.ts")
  .map((name) => join(FOLDER, name));
const nameOf = (file: string): string => basename(file, ".ts").replaceAll("-", " ");

/** Names that only those know who have read our sources. */
const INTERNAL = /PushesAt|PayloadAt|CommandsAt|ByName|ByPattern|EventAt|ChannelAt|TopicsIn|RepliesFor|Zod|"~contract"/;

describe("the compiler's message about", () => {
  let messages: ReadonlyMap<string, readonly string[]>;
  const first = (file: string): string => messages.get(file)?.[0] ?? "nothing";
  beforeAll(() => {
    messages = messagesIn([...files, join(FOLDER, "app.ts")]);
  });

  it("an application without a mistake is none", () => {
    expect(messages.get(join(FOLDER, "app.ts"))).toEqual([]);
  });

  it("each mistake is as it was read last", async () => {
    const text = files.map((file) => `${nameOf(file)}\n${first(file).replaceAll(/^/gm, "  ")}\n`).join("\n");
    await expect(text).toMatchFileSnapshot("mistakes.txt");
  });

  it.each(files.map((file) => [nameOf(file), file] as const))(
    "%s is short, and names nothing internal",
    (_name, file) => {
      expect(messages.get(file)).not.toEqual([]);
      expect(first(file)).not.toMatch(INTERNAL);
      expect(first(file).split("\n")[0]?.length).toBeLessThan(600);
    },
  );
});
