/** What one channel of a client got and was told: I-1, I-2, I-4 to I-6, I-8, I-12. */
import type { Position } from "../../../src/pubsub.ts";
import { contains } from "./ghost.ts";
import type { GhostEntry, Place } from "./ghost.ts";
import type { Run, Step, Story, Violation } from "./story.ts";

type Message = Extract<Step, { is: "message" }>;
type Told = Extract<Step, { is: "told" }>;

/** Milliseconds for which a reply waits for the broadcasts of its handler. */
const MOST_HELD = 5_000;

export function judgeRun(story: Story, run: Run): Violation[] {
  return run.isAware ? new RunJudge(story, run).judge() : judgeStock(story, run);
}

const show = (entry: GhostEntry | undefined): string =>
  entry === undefined ? "the beginning" : `${entry.id} (${entry.lineage}.${entry.tag} ${entry.offset})`;

class RunJudge {
  readonly #story: Story;
  readonly #run: Run;
  readonly #violations: Violation[] = [];
  /** Up to where it has everything. Undefined: nobody has said. */
  #reached: Place | undefined;
  readonly #seen = new Set<GhostEntry>();
  readonly #ids = new Set<string>();
  #isCatchingUp = false;
  #isUnjudged = false;
  #isPlaced = true;
  #hasJoined = false;

  constructor(story: Story, run: Run) {
    this.#story = story;
    this.#run = run;
    const { since } = run;
    const isPosition = typeof since === "object" && "epoch" in since;
    this.#reached = isPosition ? story.ghost.at(since) : undefined;
    // Entries that the program has already: it says so.
    for (let at = this.#reached?.entry; at !== undefined; at = at.previous) this.#seen.add(at);
  }

  judge(): Violation[] {
    for (const step of this.#run.steps) {
      if (step.is === "message") this.#message(step);
      else if (step.is === "joined") this.#joined(step.position);
      else if (step.is === "told") this.#told(step);
      else if (step.is === "caughtUp") this.#isCatchingUp = false;
      else this.#answered(step);
    }
    this.#end();
    return this.#violations;
  }

  #broken(rule: string, text: string): void {
    this.#violations.push({ rule, text: `${this.#run.name}: ${text}` });
  }

  #joined(position: Position | null): void {
    this.#isCatchingUp = false;
    const isFirst = !this.#hasJoined;
    this.#hasJoined = true;
    const wasPlaced = this.#isPlaced;
    if (isFirst || position !== null) this.#isPlaced = position !== null;
    if (position === null) return;
    // Where a first join stands, the server says. Later it can only go on from there, or say that it does not.
    if ((isFirst || !wasPlaced) && this.#run.since === undefined) this.#reached = this.#placeOf(position);
  }

  #placeOf(position: Position): Place | undefined {
    const place = this.#story.ghost.at(position);
    if (place === undefined) this.#broken("I-8", `was told the position ${JSON.stringify(position)}, which no log had`);
    return place;
  }

  #message({ topic, id, position, event }: Message): void {
    const { ghost, publishes } = this.#story;
    const publish = publishes.get(id);
    if (topic !== this.#run.topic || publish?.topic !== topic || publish.event !== event) {
      return this.#broken("I-8", `got ${event} ${id}, which is not of its topic`);
    }
    this.#ids.add(id);
    this.#isUnjudged = false;
    if (!publish.isRecorded) return;
    if (!this.#isPlaced) this.#broken("I-6", `got ${id}, and nobody had told it where it stands`);
    const entries = position === undefined ? ghost.entriesOf(id) : this.#entriesAt(position, id);
    if (entries.length === 0) return this.#broken("I-4", `got ${id}, which no log had at ${JSON.stringify(position)}`);
    if (!this.#isOwed(entries[0] as GhostEntry)) this.#broken("R-12", `got ${id}, which is not for it`);
    const next = entries.find((entry) => !this.#seen.has(entry) && this.#follows(entry));
    const entry = next ?? (entries[0] as GhostEntry);
    if (next === undefined) {
      if (entries.every((one) => this.#seen.has(one))) this.#broken("I-2", `got ${show(entry)} twice`);
      else this.#broken("I-1", `got ${show(entry)} after ${show(this.#reached?.entry)}, and nobody told it of the gap`);
    }
    this.#seen.add(entry);
    this.#reached = { lineage: entry.lineage, tag: tagOf(position) ?? entry.tag, entry };
  }

  #entriesAt(position: Position, id: string): GhostEntry[] {
    const entry = this.#story.ghost.at(position)?.entry;
    return entry?.id === id ? [entry] : [];
  }

  /** Whether nothing that it is owed stands between where it was and an entry. */
  #follows(entry: GhostEntry): boolean {
    return this.#reached === undefined || this.#isNext(entry.previous, entry.lineage, this.#reached);
  }

  #isNext(previous: GhostEntry | undefined, lineage: string, reached: Place): boolean {
    if (lineage !== reached.lineage) return false;
    let at = previous;
    while (at !== reached.entry && at !== undefined && !this.#isOwed(at)) at = at.previous;
    return at === reached.entry;
  }

  #isOwed({ id }: GhostEntry): boolean {
    const publish = this.#story.publishes.get(id);
    if (publish === undefined) return true;
    return publish.except !== this.#run.session && !(this.#run.isFiltered && publish.isHidden);
  }

  #told(step: Told): void {
    this.#isCatchingUp = step.recovered && (step.count ?? 0) > 0;
    // Whoever the store could not judge gets nothing yet.
    this.#isUnjudged = step.reason === "unavailable";
    if (step.recovered) return;
    this.#checkReason(step);
    // Where it stands is told when the log is open; until then it gets nothing.
    this.#isPlaced = step.position !== null;
    this.#reached = step.position === null ? undefined : this.#placeOf(step.position);
    if (step.reason === "lost" || step.reason === "epoch") this.#forget();
  }

  /** What was lost may come again, stored anew, or by another failover. */
  #forget(): void {
    const kept = new Set<GhostEntry>();
    for (let at = this.#reached?.entry; at !== undefined; at = at.previous) kept.add(at);
    for (const entry of this.#seen) if (!kept.has(entry)) this.#seen.delete(entry);
  }

  /** I-5: whoever has lost nothing is not told so. */
  #checkReason({ reason, at, before }: Told): void {
    const reached = this.#reached && { ...this.#reached, tag: tagOf(before) ?? this.#reached.tag };
    if (reached === undefined || this.#isTrue(reason, reached)) return;
    this.#broken("I-5", `was told "${reason}" at ${Math.round(at)}, but it stood at ${show(reached.entry)}`);
  }

  #isTrue(reason: string | undefined, reached: Place): boolean {
    const { ghost, replayLimit, hadFaults } = this.#story;
    const offset = reached.entry?.offset ?? 0;
    if (reason === "trimmed") return ghost.oldestOf(reached.lineage) > offset + 1;
    if (reason === "limit") return ghost.topOf(reached.lineage) - offset > replayLimit;
    if (reason === "unavailable") return hadFaults;
    if (reason !== "lost" && reason !== "epoch") return false;
    // What it was not owed was lost with its position.
    const unseen = ghost.all.filter((entry) => !this.#isOwed(entry) && this.#isNext(entry, entry.lineage, reached));
    return [reached, ...unseen.map(placeOf)].some((place) => ghost.wasLost(this.#run.topic, place));
  }

  /** what a handler broadcasts comes before its reply, unless the store takes too long. */
  #answered({ id, at }: Extract<Step, { is: "answered" }>): void {
    const entries = this.#story.ghost.entriesOf(id);
    const [entry] = entries;
    const publish = this.#story.publishes.get(id);
    if (publish === undefined || at - publish.at >= MOST_HELD) return;
    if (entry === undefined || this.#isCatchingUp || this.#isUnjudged || this.#ids.has(id) || !this.#isOwed(entry))
      return;
    const reached = this.#reached;
    // It came before the join, or with a gap that was told.
    if (reached !== undefined && entries.some((one) => contains(reached.entry, reached.lineage, placeOf(one)))) return;
    if (entries.some((one) => this.#story.ghost.wasLost(one.topic, placeOf(one)))) return;
    this.#broken("I-3", `got the reply before ${show(entry)}, which its handler had broadcast`);
  }

  /** I-12: when nothing disturbs, everybody gets to the end. */
  #end(): void {
    if (!this.#run.isKept) return;
    const end = this.#story.end.get(this.#run.topic);
    if (!this.#run.isJoined) return this.#broken("I-12", "has not joined at the end");
    if (end === undefined || this.#reached === undefined) return;
    // Of a new log that has nothing, nobody is told before it has.
    if (end.entry === undefined || this.#isNext(end.entry, end.lineage, this.#reached)) return;
    this.#broken("I-12", `ends at ${show(this.#reached.entry)}, and the log at ${show(end.entry)}`);
  }
}

const tagOf = (position: Position | null | undefined): string | undefined => position?.epoch.split(".")[1];

const placeOf = (entry: GhostEntry): Place => ({ lineage: entry.lineage, tag: entry.tag, entry });

/** Whoever did not ask gets what is live, at most once, in the order of the log. */
function judgeStock({ ghost, publishes }: Story, run: Run): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  let last: GhostEntry | undefined;
  for (const step of run.steps) {
    if (step.is === "joined") {
      last = undefined;
      seen.clear();
    }
    if (step.is !== "message") continue;
    const publish = publishes.get(step.id);
    const broken = (rule: string, text: string): void => void violations.push({ rule, text: `${run.name}: ${text}` });
    if (publish?.topic !== run.topic || step.topic !== run.topic) broken("I-8", `got ${step.id} of another topic`);
    if (publish?.isRecorded !== true) continue;
    const entries = ghost.entriesOf(step.id);
    if (entries.length === 0) broken("I-4", `got ${step.id}, which no log had`);
    if (entries.length !== 1) continue;
    const [entry] = entries as [GhostEntry];
    // What a failover has lost, another one may bring back.
    if (ghost.wasLost(run.topic, placeOf(entry))) continue;
    if (seen.has(step.id)) broken("I-2", `got ${show(entry)} twice`);
    seen.add(step.id);
    if (last !== undefined && contains(last, last.lineage, placeOf(entry))) {
      broken("I-3", `got ${show(entry)} after ${show(last)}`);
    }
    last = entry;
  }
  return violations;
}
