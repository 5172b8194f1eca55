/** Both channels, with a model that says what a test tells it to. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import type { Model } from "../src/model.ts";
import { createSocket } from "../src/socket.ts";
import { Store } from "../src/store.ts";

const CHAT = "chat:aaaaaaaaaaaaaaaaaaaaaa";
const idOf = (name: string) => name.padEnd(22, "_");

/** Writes what is said to it, until it is ended or stopped. */
class Puppet implements Model {
  readonly name = "puppet";
  readonly asked: string[][] = [];
  #pieces!: ReadableStreamDefaultController<string>;

  say(piece: string): void {
    this.#pieces.enqueue(piece);
  }

  end(): void {
    this.#pieces.close();
  }

  fail(reason: string): void {
    this.#pieces.error(new Error(reason));
  }

  answer(turns: readonly { readonly content: string }[], signal: AbortSignal): AsyncIterable<string> {
    this.asked.push(turns.map(({ content }) => content));
    signal.addEventListener("abort", () => this.#pieces.error(signal.reason));
    return new ReadableStream<string>({ start: (pieces) => void (this.#pieces = pieces) });
  }
}

function start(file = newFile()) {
  const model = new Puppet();
  const store = new Store(file);
  const { answers, userSocket } = createSocket(store, model);
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  const kit = testSocket(userSocket, { endpoint, timeout: 60_000 });
  const close = async () => {
    answers.close();
    await kit.close();
    await endpoint.close();
    store.save();
  };
  onTestFinished(close);
  return { model, store, answers, endpoint, kit, file, close };
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ai-chat-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "conversations.json");
}

type App = ReturnType<typeof start>;

/** Asks, and joins the run of the answer. */
async function ask(app: App, id = idOf("prompt"), text = "Hello") {
  const client = await app.kit.connect();
  const chat = await client.subscribeAndJoin(CHAT);
  await chat.assertReply(chat.push("ask", { id, text }), "ok");
  const answer = app.store.messages(CHAT.slice("chat:".length)).at(-1)!;
  const run = await client.subscribeAndJoin(`run:${answer.id}`);
  return { client, chat, run, answer };
}

describe("a conversation", () => {
  it("shows prompt and answer to all its pages, and the answer's pieces on its run", async () => {
    const app = start();
    const other = await (await app.kit.connect()).subscribeAndJoin(CHAT);
    const { run, answer } = await ask(app);
    await other.assertPush("message", { message: { id: idOf("prompt"), role: "user", text: "Hello", status: "done" } });
    await other.assertPush("message", { message: { id: answer.id, role: "assistant", text: "", status: "writing" } });
    app.model.say("Hi");
    await run.assertPush("delta", { text: "Hi" });
    app.model.say(" there");
    await run.assertPush("delta", { text: " there" });
    app.model.end();
    await run.assertPush("done", { stopped: false });

    const late = await (await app.kit.connect()).subscribeAndJoin(CHAT);
    expect(late.response).toMatchObject({ model: "puppet", messages: [{}, { text: "Hi there", status: "done" }] });
  });

  it("takes a prompt that is sent twice once, and one prompt at a time", async () => {
    const app = start();
    const { chat } = await ask(app);
    await chat.assertReply(chat.push("ask", { id: idOf("prompt"), text: "Hello" }), "ok");
    await chat.assertReply(chat.push("ask", { id: idOf("other"), text: "And?" }), "error", {
      reason: "Wait for the answer, or stop it.",
    });
    await chat.assertReply(chat.push("again", {}), "error", { reason: "Wait for the answer, or stop it." });
    expect(app.model.asked).toEqual([["Hello"]]);
  });

  it("stops an answer where it is, and writes it again", async () => {
    const app = start();
    const { client, chat, run, answer } = await ask(app);
    app.model.say("Wrong");
    await run.assertPush("delta", { text: "Wrong" });
    await chat.assertReply(chat.push("stop", {}), "ok");
    await run.assertPush("done", { stopped: true });
    expect(answer).toMatchObject({ text: "Wrong", status: "stopped" });

    await chat.assertReply(chat.push("again", {}), "ok");
    const second = app.store.messages(CHAT.slice("chat:".length)).at(-1)!;
    await chat.assertPush("message", { message: { id: second.id, status: "writing" }, replaces: answer.id });
    const secondRun = await client.subscribeAndJoin(`run:${second.id}`);
    app.model.say("Right");
    await secondRun.assertPush("delta", { text: "Right" });
    expect(app.model.asked).toEqual([["Hello"], ["Hello"]]);
  });

  it("says why a model has failed, and keeps what it has written", async () => {
    const app = start();
    const { run, answer } = await ask(app);
    app.model.say("Half of");
    await run.assertPush("delta", { text: "Half of" });
    app.model.fail("The model has failed: overloaded");
    await run.assertPush("failed", { error: "The model has failed: overloaded" });
    expect(answer).toMatchObject({ text: "Half of", status: "failed", error: "The model has failed: overloaded" });
  });

  it("has an id that nobody guesses", async () => {
    const client = await start().kit.connect();
    expect(await client.join("chat:lobby")).toMatchObject({ status: "error" });
    expect(await client.join("run:aaaaaaaaaaaaaaaaaaaaaa")).toMatchObject({ status: "error" });
  });
});

describe("a server that ends in the middle of an answer", () => {
  it("says so when it starts again, and has what was written", async () => {
    const first = start();
    const { run, answer } = await ask(first);
    first.model.say("Half of");
    await run.assertPush("delta", { text: "Half of" });
    await first.close();

    const second = start(first.file);
    const heard: unknown[] = [];
    second.endpoint.subscribe(`run:${answer.id}`, ({ event, payload }) => heard.push([event, payload]));
    await second.answers.recover(second.endpoint);
    const error = "The server stopped while it was writing this answer.";
    expect(heard).toEqual([["failed", { error }]]);
    const chat = await (await second.kit.connect()).subscribeAndJoin(CHAT);
    expect(chat.response.messages).toMatchObject([{}, { text: "Half of", status: "failed", error }]);
  });
});
