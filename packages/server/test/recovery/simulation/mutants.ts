/**
 * What the simulation must find: each takes one rule out of the product. A mutant that nothing finds means that the rule is
 * not needed, or that the simulation is blind.
 */
import type { Mutant } from "./bundle.ts";

/** The two simulated worlds: see `run.ts`. */
export type WorldName = "endpoints" | "listeners";

/** A mutant, and the world that finds it first. */
export interface Hunted extends Mutant {
  readonly world: WorldName;
  /** Found within a few seeds. */
  readonly isQuick: boolean;
}

const FOLLOWER = "server/src/pubsub/history/follower.ts";
const PUBLISHER = "server/src/pubsub/history/publisher.ts";
const CHECKS = "server/src/pubsub/history/checks.ts";
const HISTORY = "server/src/pubsub/history.ts";
const RECOVERY = "server/src/channel/recovery.ts";

export const MUTANTS: readonly Hunted[] = [
  {
    name: "positions hold in all later generations",
    world: "listeners",
    isQuick: true,
    file: "server/src/pubsub/history/position.ts",
    rule: "limit = Math.min(limit, boundary);",
    instead: "",
  },
  {
    name: "only the last generation limits a position",
    world: "endpoints",
    isQuick: false,
    file: "server/src/pubsub/history/position.ts",
    rule: "limit = Math.min(limit, boundary);",
    instead: "limit = boundary;",
  },
  {
    name: "whatever arrives is delivered",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: "if (entry.offset === this.#cursor + 1) {",
    instead: "if (entry.offset > this.#cursor) {",
  },
  {
    name: "a log that ends before what was delivered is as it should be",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: "if (!isSame || head.top < this.#cursor)",
    instead: "if (!isSame)",
  },
  {
    name: "what is missing is not looked for",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: "else if (head.top > this.#cursor) this.#expected = Math.max(this.#expected, head.top);",
    instead: "",
  },
  {
    name: "nobody is told of a new generation",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: "holdsUpTo: limit ?? -1,",
    instead: "holdsUpTo: Infinity,",
  },
  {
    name: "a follower does not go back to the boundary",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: ": Math.min(from, limit);\n    this.#changeRing",
    instead: ": from;\n    this.#changeRing",
  },
  {
    name: "R3: entries of the old generation stay in the ring",
    world: "endpoints",
    isQuick: true,
    file: FOLLOWER,
    rule: "(limit === undefined ? ring.clear() : ring.cut(this.#cursor))",
    instead: "(limit === undefined ? ring.clear() : undefined)",
  },
  {
    name: "nobody is told of what was trimmed",
    world: "listeners",
    isQuick: true,
    file: FOLLOWER,
    rule: 'reason: "trimmed", holdsUpTo: -1,',
    instead: 'reason: "trimmed", holdsUpTo: Infinity,',
  },
  {
    name: "R17: a read that began earlier is good enough to judge a client",
    world: "endpoints",
    isQuick: false,
    file: FOLLOWER,
    rule: "this.#nextRead ??= this.#reading.then(() => this.#read()).finally(() => (this.#nextRead = undefined));",
    instead: "this.#nextRead = this.#reading;",
  },
  {
    name: "a node does not ask what a client knows more",
    world: "endpoints",
    isQuick: false,
    file: RECOVERY,
    rule: "const refreshing = isAhead ? follower.refresh() : undefined;",
    instead: "const refreshing = undefined as Promise<void> | undefined; void isAhead;",
  },
  {
    name: "what this node does not have is trimmed",
    world: "endpoints",
    isQuick: true,
    file: FOLLOWER,
    rule: "return Math.max(this.#oldest, this.#cursor - this.rule.size + 1);",
    instead: "return this.#ring.oldest(this.#host.clock.now()) ?? this.#cursor + 1;",
  },
  {
    name: "R5: a repeat is sent as if it were the first try",
    world: "listeners",
    isQuick: false,
    file: PUBLISHER,
    rule: "underWay.batch = { ...batch, isRepeat: true };",
    instead: "underWay.batch = { ...batch, isRepeat: false };",
  },
  {
    name: "R5: a repeat forgets where the log stood at the first try",
    world: "listeners",
    isQuick: false,
    file: PUBLISHER,
    rule: "underWay.batch = { ...batch, isRepeat: true };",
    instead: "underWay.batch = { ...batch, isRepeat: true, known: this.#host.known(this.topic) };",
  },
  {
    name: "a repeat that was not stored now was never stored",
    world: "listeners",
    isQuick: false,
    file: PUBLISHER,
    rule: "error instanceof NotStored && !batch.isRepeat &&",
    instead: "error instanceof NotStored &&",
  },
  {
    name: "a batch is not repeated",
    world: "listeners",
    isQuick: false,
    file: PUBLISHER,
    rule: 'if (error instanceof NotStored && !batch.isRepeat && store.status().state === "up") {',
    instead: 'if (store.status().state === "up") {',
  },
  {
    name: "the next batch does not wait for the one before",
    world: "listeners",
    isQuick: true,
    file: PUBLISHER,
    rule: "while (this.#underWay === undefined && this.#queue.length > 0",
    instead: "while (this.#queue.length > 0",
  },
  {
    name: "a check that comes during another one is forgotten",
    world: "listeners",
    isQuick: false,
    file: CHECKS,
    rule: "this.#isOutdated = this.#isUnderWay;",
    instead: "",
  },
  {
    name: "a log is not looked at when nobody says that something was missed",
    world: "listeners",
    isQuick: false,
    file: CHECKS,
    rule: "fansOut ? LONG_PERIOD : PERIOD",
    instead: "LONG_PERIOD",
  },
  {
    name: "R-13: what is stored counts as delivered",
    world: "endpoints",
    isQuick: true,
    file: HISTORY,
    rule: "publisher.await(one, { lineage, tag, offset });",
    instead: "publisher.settle(one, { epoch: `${lineage}.${tag}`, offset });",
  },
  {
    name: "a position that was lost is as good",
    world: "endpoints",
    isQuick: true,
    file: RECOVERY,
    rule: 'if (!isOnlyStart && !isOnPath(head, start)) return "lost";',
    instead: "void isOnlyStart; void isOnPath;",
  },
  {
    name: "a client is live before it has caught up",
    world: "endpoints",
    isQuick: false,
    file: RECOVERY,
    rule: "if (!this.#isReading) return this.#await();",
    instead: "if (!this.#isReading) return this.#goLive();",
  },
  {
    name: "R3: a client that catches up does not hear of a new generation",
    world: "endpoints",
    isQuick: false,
    file: RECOVERY,
    rule: "    if (!isTrue) {\n      this.#report(",
    instead: '    if (!isTrue && this.#state === "live") {\n      this.#report(',
  },
  {
    name: "a client whose position cannot be judged is live at once",
    world: "endpoints",
    isQuick: false,
    file: RECOVERY,
    rule: "if (isUnreachable && typeof since",
    instead: "if (this.#channel.ended && typeof since",
  },
  {
    name: "whoever joins without a position is not told what it missed until there is one",
    world: "endpoints",
    isQuick: false,
    file: RECOVERY,
    rule: 'this.#report("unavailable", move.position, true);',
    instead: 'this.#state = "live"; this.#channel.tellRecovery({}, move.position, true); this.#channel.liveChanged();',
  },
  {
    name: "R12: a replay brings a client what it has sent to all others",
    world: "endpoints",
    isQuick: true,
    file: RECOVERY,
    rule: 'if (entry.from === "" || entry.from !== this.sender) {',
    instead: "if (entry.offset > 0) {",
  },
  {
    name: "R1: what is not intercepted overtakes what handleOut has not handled",
    world: "endpoints",
    isQuick: true,
    file: "server/src/channel/outlet.ts",
    rule: "if (this.#queue !== undefined) return this.#queue.sendBroadcast(frame);",
    instead: "",
  },
  {
    name: "R4: what an earlier join was sent is taken for the present one's",
    world: "endpoints",
    isQuick: true,
    file: "client/src/recovery.ts",
    rule: "return !isJoined || isUpTo(at, this.position);",
    instead: "return false;",
  },
  {
    name: "a client keeps the epoch of its join",
    world: "endpoints",
    isQuick: true,
    file: "client/src/recovery.ts",
    rule: "const { o, e = this.position?.epoch ?? epoch } = (extension ?? {})",
    instead:
      "const { o, e = this.position?.epoch ?? epoch } = ({ ...(extension ?? {}), e: this.position?.epoch ?? epoch })",
  },
];
