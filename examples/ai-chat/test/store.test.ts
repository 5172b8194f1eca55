import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { Store } from "../src/store.ts";
import type { StoredMessage } from "../src/store.ts";

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ai-chat-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "data/conversations.json");
}

const message = (id: string, status: StoredMessage["status"] = "done"): StoredMessage => ({
  ...{ id, role: "assistant", text: id, status },
});

it("has a conversation on disk at once, and what is added to a message a moment later", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const file = newFile();
  const store = new Store(file);
  const answer = message("answer", "writing");
  store.replace("chat", [answer]);
  expect(new Store(file).messages("chat")).toEqual([answer]);

  answer.text += ", more";
  store.changed();
  expect(new Store(file).message("answer")?.text).toBe("answer");
  vi.runAllTimers();
  expect(new Store(file).message("answer")?.text).toBe("answer, more");
  expect(new Store(file).unfinished()).toEqual([answer]);
});

it("forgets the conversation that was not used for the longest time", () => {
  const store = new Store(newFile());
  vi.spyOn(store, "save").mockImplementation(() => {});
  for (let chat = 0; chat < 1_000; chat++) store.replace(`chat ${chat}`, [message(`of ${chat}`)]);
  store.replace("chat 0", [message("again")]);
  store.replace("one more", [message("more")]);
  expect(store.messages("chat 0")).toHaveLength(1);
  expect(store.messages("chat 1")).toEqual([]);
  expect(store.message("of 1")).toBeUndefined();
});
