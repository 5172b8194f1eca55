/**
 * The primary's part of the history: it keeps the logs of its workers, and remembers their numbered pushes, so that a
 * worker that dies takes nothing with it. What one of them stores goes to all of them, in the order in which it was stored.
 */
import { systemClock } from "../../history/clock.ts";
import { MemoryHistory } from "../../history/memory.ts";
import type { Batch, NewEntry, Slice, Stored } from "../../history/store.ts";
import { tagOf } from "../../history/position.ts";
import type { Claimed } from "../../pushes/store.ts";
import { hasNumber, isCall, isCalls } from "./history-message.ts";
import type { Answer, Answers, Call, Calls, News } from "./history-message.ts";
import { Members } from "./members.ts";
import type { RelayedWorker } from "./members.ts";
import { Outgoing } from "./outgoing.ts";

/** How many namespaces have logs. A program has one, or a few. */
const MOST_NAMESPACES = 100;
/** What an entry and an answer take in a message, beside bodies. */
const OVERHEAD = 200;

/** What the calls of a message have led to. */
interface Outcome {
  readonly entries: Stored[];
  readonly answers: Answer[];
  /** Topics whose logs were removed. */
  readonly cleared: string[];
}

export class Keeper {
  readonly #histories = new Map<string, MemoryHistory>();
  readonly #members = new Members();
  readonly #outgoing = new Outgoing((worker) => this.#taken(worker));
  /** Workers that were not sent everything, by namespace. */
  readonly #behind = new Map<RelayedWorker, Set<string>>();

  readonly onMessage = (worker: RelayedWorker, message: unknown): void => {
    if (isCalls(message)) this.#serve(worker, message);
  };

  readonly onGone = (worker: RelayedWorker): void => {
    this.#members.gone(worker);
    this.#behind.delete(worker);
  };

  #serve(worker: RelayedWorker, calls: Calls): void {
    const { namespace, store } = calls;
    const outcome: Outcome = { entries: [], answers: [], cleared: [] };
    for (const call of calls.calls)
      if (hasNumber(call)) outcome.answers.push(this.#answer(worker, calls, call, outcome));
    const { entries, answers, cleared } = outcome;
    const workers = this.#members.workersOf(namespace);
    for (const other of workers) {
      if (other === worker || (entries.length === 0 && cleared.length === 0)) continue;
      this.#send(other, { namespace, entries, cleared, isIncomplete: false, store: "", answers: [] });
    }
    const heard = workers.has(worker) ? entries : [];
    this.#send(worker, { namespace, entries: heard, cleared, isIncomplete: false, store, answers });
  }

  #answer(worker: RelayedWorker, calls: Calls, call: { readonly n: number }, outcome: Outcome): Answer {
    const { n } = call;
    try {
      if (!isCall(call)) return { n, refusal: "the primary does not understand the call: is its version another one?" };
      return { n, answer: this.#act(worker, calls, call, outcome) };
    } catch (error) {
      return { n, refusal: String(error) };
    }
  }

  #act(worker: RelayedWorker, calls: Calls, call: Call, outcome: Outcome): Answers[Call["ask"]] {
    const { namespace, store } = calls;
    const history = this.#historyOf(calls);
    switch (call.ask) {
      case "join":
        if (!this.#members.join(worker, namespace, store)) throw new RangeError("the worker has too many stores");
        return true;
      case "leave":
        this.#members.leave(worker, namespace, store);
        return true;
      case "append":
        return append(history, call.batch, outcome.entries);
      case "read":
        return history.read(call.topic, call.rule, call.range);
      case "heads":
        return history.heads(call.topics);
      case "clear":
        history.clear(call.topic);
        outcome.cleared.push(call.topic);
        return true;
      case "open pushes":
        return history.pushes.open(call.record, call.next, call.window);
      case "claim push":
        return history.pushes.claim(call.record, call.claim);
      case "settle push":
        return history.pushes.settle(call.record, call.settlement);
    }
  }

  /** Logs outlive the workers: those that are started again find them. Throws when there are too many namespaces. */
  #historyOf({ namespace, maxBytes }: Calls): MemoryHistory {
    let history = this.#histories.get(namespace);
    if (history !== undefined) return history;
    if (this.#histories.size >= MOST_NAMESPACES) throw new RangeError("too many namespaces have a history");
    history = new MemoryHistory({ maxBytes }, systemClock);
    this.#histories.set(namespace, history);
    return history;
  }

  #send(worker: RelayedWorker, news: Omit<News, "wingbeat">): void {
    const { namespace, store, answers } = news;
    if (this.#tell(worker, news) || !worker.isConnected()) return;
    if (news.entries.length > 0 || news.cleared.length > 0) this.#fallsBehind(worker, namespace);
    if (answers.length === 0) return;
    // It must not wait for what does not come.
    const lost = answers.map(({ n }) => ({ n, isLost: true as const }));
    this.#tell(worker, { namespace, entries: [], cleared: [], isIncomplete: false, store, answers: lost }, 0);
  }

  #tell(worker: RelayedWorker, news: Omit<News, "wingbeat">, bytes = sizeOf(news)): boolean {
    return this.#outgoing.send(worker, { wingbeat: "history.news", ...news } satisfies News, bytes);
  }

  #fallsBehind(worker: RelayedWorker, namespace: string): void {
    const behind = this.#behind.get(worker);
    if (behind === undefined) this.#behind.set(worker, new Set([namespace]));
    else behind.add(namespace);
  }

  /** A worker takes in again what it is sent: it has to look for what it was not. */
  #taken(worker: RelayedWorker): void {
    const behind = this.#behind.get(worker);
    if (behind === undefined) return;
    this.#behind.delete(worker);
    for (const namespace of behind) {
      this.#tell(worker, { namespace, entries: [], cleared: [], isIncomplete: true, store: "", answers: [] }, 0);
    }
  }
}

/** Adds what is new to `stored`. */
function append(history: MemoryHistory, batch: Batch, stored: Stored[]): Answers["append"] {
  const { topic, producer } = batch;
  const entries = batch.entries.map(owned);
  let last = history.heads([topic])[0]?.top ?? 0;
  const answer = history.appendOnce({ ...batch, entries });
  if (answer === "unknown") return answer;
  const { head, at, offsets } = answer;
  const tag = tagOf(head);
  entries.forEach(({ event, body, from, seq }, index) => {
    const offset = offsets[index] as number;
    // A repeated one, or its id, is in the log already.
    if (offset <= last) return;
    last = offset;
    stored.push({ topic, lineage: head.lineage, tag, offset, at, event, body, from, producer, seq });
  });
  return answer;
}

/** Bytes that arrive are a part of the whole message, which they would keep in memory. */
const owned = (entry: NewEntry): NewEntry =>
  typeof entry.body === "string" ? entry : { ...entry, body: new Uint8Array(entry.body) };

function sizeOf({ entries, answers }: Omit<News, "wingbeat">): number {
  let bytes = OVERHEAD + entriesSize(entries);
  for (const { answer } of answers) {
    bytes += OVERHEAD;
    if (isSlice(answer)) bytes += entriesSize(answer.entries);
    else if (isSettled(answer)) bytes += answer.reply?.length ?? 0;
  }
  return bytes;
}

const entriesSize = (entries: readonly Stored[]): number =>
  entries.reduce((sum, { body }) => sum + OVERHEAD + body.length, 0);

const isSettled = (answer: Answer["answer"]): answer is Claimed & { readonly state: "settled" } =>
  typeof answer === "object" && "state" in answer && answer.state === "settled";

const isSlice = (answer: Answer["answer"]): answer is Slice => typeof answer === "object" && "oldest" in answer;
