/**
 * Claim, run, settle: every way in which some faults can fall into two pushes of one client on two nodes. The code is the
 * real one; the network, the clock and the handlers are of this file.
 */
import type { Clock } from "../../src/pubsub/history.ts";
import { Attempt, MemoryPushes, Pushes } from "../../src/pubsub/pushes.ts";
import type { Answer, Ask, Claim, PushStore, Settlement, UnknownPolicy } from "../../src/pubsub/pushes.ts";

/** Decides everything that can happen in one run, and finds the next run that was not tried yet. */
class Choices {
  #path: { readonly of: number; taken: number }[] = [];
  #at = 0;
  #faults = 0;
  readonly #budget: number;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** 0: all goes well. Anything else is a fault. */
  fault(kinds: number): number {
    if (this.#faults >= this.#budget) return 0;
    const taken = this.pick(kinds + 1);
    if (taken > 0) this.#faults++;
    return taken;
  }

  pick(of: number): number {
    if (of <= 1) return 0;
    const known = this.#path[this.#at++];
    if (known !== undefined) return known.taken;
    this.#path.push({ of, taken: 0 });
    return 0;
  }

  /** False: all were tried. */
  next(): boolean {
    this.#at = this.#faults = 0;
    for (let last = this.#path.pop(); last !== undefined; last = this.#path.pop()) {
      if (last.taken + 1 < last.of) {
        this.#path.push({ of: last.of, taken: last.taken + 1 });
        return true;
      }
    }
    return false;
  }
}

class VirtualClock implements Clock {
  #now = 1_000_000;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): { cancel(): void } {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Lets time pass until a promise is settled. Rejects when it would wait for ever. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = promise.finally(() => (isDone = true));
    done.catch(() => {});
    for (;;) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (isDone) return done;
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error("nothing is going to happen any more");
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
  }
}

const never = <T>(): Promise<T> => new Promise(() => {});
const WINDOW = 600_000;

interface Step {
  readonly n: number;
  readonly what: "started" | "completed";
}

class World {
  readonly clock = new VirtualClock();
  readonly store = new MemoryPushes(this.clock);
  readonly steps: Step[] = [];
  readonly choices: Choices;
  readonly unknown: UnknownPolicy;
  /** What may leave an outcome unknown: the end of a process, or a call that takes longer than anybody waits. */
  excuses = 0;
  nodes: Node[];

  constructor(choices: Choices, unknown: UnknownPolicy) {
    this.choices = choices;
    this.unknown = unknown;
    this.nodes = [new Node(this), new Node(this)];
  }
}

/** A process with its own timers and its own way to the store, which end with it. */
class Node implements PushStore, Clock {
  readonly #world: World;
  readonly #pushes: Pushes;
  #die!: () => void;
  isDead = false;
  readonly death = new Promise<"dead">((resolve) => (this.#die = () => resolve("dead")));

  constructor(world: World) {
    this.#world = world;
    this.#pushes = new Pushes(this, this);
  }

  crash<T>(): Promise<T> {
    this.isDead = true;
    this.#world.excuses++;
    this.#world.nodes = this.#world.nodes.map((node) => (node === this ? new Node(this.#world) : node));
    this.#die();
    return never();
  }

  /** What the channel does with a numbered push. */
  async handle(ask: Ask): Promise<Answer> {
    const claimed = await this.#pushes.claim(ask);
    if (!(claimed instanceof Attempt)) return claimed;
    this.#world.steps.push({ n: ask.n, what: "started" });
    const fault = this.#world.choices.fault(2);
    if (fault === 1) return this.crash();
    await this.#world.clock.sleep(fault === 2 ? 12_000 : 5);
    if (this.isDead) return never();
    this.#world.steps.push({ n: ask.n, what: "completed" });
    const reply = `reply ${ask.n} of try ${claimed.attempt}`;
    const isOwn = await claimed.settle(reply);
    return isOwn ? { state: "settled", reply } : { state: "later", reason: "still running", retryAfter: 0 };
  }

  open(): never {
    throw new Error("not in this model");
  }

  claim(record: string, claim: Claim) {
    return this.#call(() => this.#world.store.claim(record, claim));
  }

  settle(record: string, settlement: Settlement) {
    return this.#call(() => this.#world.store.settle(record, settlement));
  }

  /** A call over the network: it or its answer may get lost, or come late, and the node may end before or after it. */
  async #call<T>(act: () => T): Promise<T> {
    if (this.isDead) return never();
    const fault = this.#world.choices.fault(6);
    if (fault === 1) throw new Error("the call is lost");
    if (fault === 2) return this.crash();
    if (fault === 3) {
      this.#world.excuses++;
      await this.#world.clock.sleep(7_000); // nobody waits so long
      return act();
    }
    await this.#world.clock.sleep(1);
    const answer = act();
    if (fault === 4) throw new Error("the answer is lost");
    if (fault === 5) return this.crash();
    if (fault === 6) return never(); // the connection stalls
    return answer;
  }

  now(): number {
    return this.#world.clock.now();
  }

  after(ms: number, run: () => void): { cancel(): void } {
    return this.#world.clock.after(ms, () => this.isDead || run());
  }
}

/** What a client was answered to a number. */
class Answers {
  readonly got: Answer[] = [];
  /** Sent on connections that it had given up. */
  readonly missed: Answer[] = [];
  readonly askedAt = new Set<Node>();
}

/** Sends pushes 1 and 2, and each again until it knows what became of it. */
async function client(world: World, epoch: string): Promise<readonly Answers[]> {
  const answers = [new Answers(), new Answers(), new Answers()];
  for (const n of [1, 2]) {
    const ask = { record: "line", n, epoch, acked: 0, window: WINDOW, unknown: world.unknown };
    for (let tries = 0; ; tries++) {
      if (tries > 20) throw new Error(`${n} is never answered`);
      const node = world.nodes[tries === 0 ? 0 : world.choices.pick(2)] as Node;
      answers[n]?.askedAt.add(node);
      // Cut: the client asks again at once, while the server goes on.
      const answering = node.handle(ask);
      if (world.choices.fault(1) === 1) {
        void answering.then((answer) => answers[n]?.missed.push(answer));
        await world.clock.sleep(3);
        continue;
      }
      const answer = await Promise.race([answering, node.death]);
      if (answer === "dead") continue;
      answers[n]?.got.push(answer);
      if (answer.state !== "later" && answer.state !== "order") break;
      await world.clock.sleep(500);
    }
    // The last reply may be lost as well: it must be had again.
    const other = world.nodes[1] as Node;
    const again = await Promise.race([other.handle(ask), other.death]);
    if (again !== "dead") answers[n]?.got.push(again);
  }
  await world.clock.sleep(60_000); // what is still under way comes to its end
  return answers;
}

/** Goes through all runs with up to so many faults. Throws when a promise is broken; gives how many runs there were. */
export async function explore(unknown: UnknownPolicy, faults: number): Promise<number> {
  const choices = new Choices(faults);
  let runs = 0;
  do {
    const world = new World(choices, unknown);
    const { epoch } = world.store.open("line", 1, WINDOW);
    const answers = await world.clock.run(client(world, epoch));
    check(world, answers);
    runs++;
  } while (choices.next());
  return runs;
}

function check({ steps, excuses, unknown }: World, answers: readonly Answers[]): void {
  const of = (n: number, what: Step["what"]): Step[] => steps.filter((step) => step.n === n && step.what === what);
  for (const n of [1, 2]) {
    const { got, missed, askedAt } = answers[n] as Answers;
    const finals = new Set(got.filter(isFinal).map((answer) => JSON.stringify(answer)));
    const [final = ""] = finals;
    if (finals.size !== 1) throw new Error(`${n} was answered ${[...finals].join(" and ") || "never"}`);
    const other = missed.find((answer) => answer.state === "settled" && JSON.stringify(answer) !== final);
    if (other !== undefined) throw new Error(`${n} was answered ${final} and ${JSON.stringify(other)}`);
    if (unknown === "refuse" && of(n, "started").length > 1) throw new Error(`${n} was started twice`);
    if (unknown === "run" && of(n, "completed").length === 0) throw new Error(`${n} was never completed`);
    if (final.includes("settled") && of(n, "completed").length === 0) throw new Error(`${n} was made up`);
    if (!final.includes("unknown")) continue;
    if (unknown === "run") throw new Error(`${n} has no outcome`);
    if (excuses === 0 && askedAt.size === 1) throw new Error(`${n} has no outcome, although nothing was cut off`);
  }
  const first = (n: number): number => steps.findIndex((step) => step.n === n);
  if (first(2) !== -1 && first(2) < first(1)) throw new Error("2 was started before 1");
}

const isFinal = ({ state }: Answer): boolean => state !== "later" && state !== "order";
