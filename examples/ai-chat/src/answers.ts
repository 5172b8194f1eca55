/** Answers under way: each is written to the log of its run, and to the store, whoever listens. */
import { randomBytes } from "node:crypto";
import type { EndpointOf } from "wingbeat";
import type { Model } from "./model.ts";
import type { Store, StoredMessage } from "./store.ts";
import type { runTopic } from "./topics.ts";

type Runs = EndpointOf<typeof runTopic>;

/** Answers that are written at the same time, for all conversations together. */
const MAX_RUNS = 50;
/** Characters of one answer. */
const MAX_ANSWER = 200_000;

const INTERRUPTED = "The server stopped while it was writing this answer.";

export class Answers {
  readonly #store: Store;
  readonly #model: Model;
  readonly #running = new Map<string, AbortController>();
  #isClosed = false;

  constructor(store: Store, model: Model) {
    this.#store = store;
    this.#model = model;
  }

  get isFull(): boolean {
    return this.#isClosed || this.#running.size >= MAX_RUNS;
  }

  /** A message for the next answer. {@link write} fills it. */
  empty(): StoredMessage {
    return { id: randomBytes(16).toString("base64url"), role: "assistant", text: "", status: "writing" };
  }

  /** Returns when the answer has ended. Never rejects. */
  async write(runs: Runs, conversation: readonly StoredMessage[], answer: StoredMessage): Promise<void> {
    const abort = new AbortController();
    this.#running.set(answer.id, abort);
    const turns = conversation.filter(({ text }) => text !== "").map(({ role, text }) => ({ role, content: text }));
    let error: string | undefined;
    try {
      for await (const text of this.#model.answer(turns, abort.signal)) {
        if (abort.signal.aborted) break;
        if (answer.text.length + text.length > MAX_ANSWER) throw new Error("The answer is too long. It ends here.");
        // In one turn, so that the store and the log never differ.
        answer.text += text;
        runs.broadcast(`run:${answer.id}`, "delta", { text });
        this.#store.changed();
      }
    } catch (reason) {
      error = (reason as Error).message;
    }
    this.#running.delete(answer.id);
    if (this.#isClosed) return; // unfinished: the next start ends it
    if (abort.signal.aborted) await this.#end(runs, answer, "stopped");
    else await this.#end(runs, answer, error === undefined ? "done" : "failed", error);
  }

  /** The answer ends where it is. One that has ended stays as it is. */
  stop(id: string): void {
    this.#running.get(id)?.abort();
  }

  /** Answers under way stay unfinished in the store. */
  close(): void {
    this.#isClosed = true;
    for (const abort of this.#running.values()) abort.abort();
  }

  /** Ends what the last process left unfinished, whether it was closed or killed. To be called once, at the start. */
  async recover(runs: Runs): Promise<void> {
    for (const answer of this.#store.unfinished()) await this.#end(runs, answer, "failed", INTERRUPTED);
  }

  async #end(runs: Runs, answer: StoredMessage, status: StoredMessage["status"], error = ""): Promise<void> {
    answer.status = status;
    if (error !== "") answer.error = error;
    this.#store.changed();
    // With an id, so that a second attempt, here or in another process, is no second end.
    const once = { id: `${answer.id}:end` };
    if (status === "failed") await runs.publish(`run:${answer.id}`, "failed", { error }, once);
    else await runs.publish(`run:${answer.id}`, "done", { stopped: status === "stopped" }, once);
  }
}
