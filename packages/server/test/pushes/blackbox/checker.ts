/** Judges a story: what the promises of numbered pushes say, from outside. A pure function. */
import type { Line } from "../../recovery/history.ts";
import type { Answered, Called, Done, Gone, Happened, Settled, Started, Story } from "./story.ts";

export interface Violation {
  readonly kind:
    | "handled twice"
    | "handled while it ran"
    | "handled after its reply"
    | "attempts"
    | "keys"
    | "order"
    | "phantom"
    | "foreign reply"
    | "different replies"
    | "expired"
    | "needless unknown"
    | "failed"
    | "not settled";
  readonly id: string;
  readonly what: string;
}

export interface Figures {
  readonly pushes: number;
  readonly starts: number;
  /** Handlers that were cut off. */
  readonly cutOff: number;
  /** Numbers that were handled more than once. */
  readonly runAgain: number;
  readonly answers: number;
  /** By how they have ended for their client. */
  readonly settled: Readonly<Record<string, number>>;
  /** Processes that have ended. */
  readonly gone: number;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly figures: Figures;
}

/** All that happened to one push. */
interface Push {
  readonly call: Called;
  readonly starts: Line<Started>[];
  readonly dones: Line<Done>[];
  readonly answers: Line<Answered>[];
  readonly settled: Line<Settled>[];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function check(story: Story): Verdict {
  const violations: Violation[] = [];
  const blame = (kind: Violation["kind"], id: string, what: string): void => void violations.push({ kind, id, what });
  const { pushes, gone } = gather(story, blame);
  for (const push of pushes.values()) {
    judgeRuns(push, gone, blame);
    judgeReplies(push, gone, blame);
  }
  judgeKeys(pushes, blame);
  judgeOrder(pushes, blame);
  return { violations, figures: figuresOf(pushes, gone) };
}

type Blame = (kind: Violation["kind"], id: string, what: string) => void;
/** When each process ended. */
type Ends = ReadonlyMap<string, number>;

function gather(story: Story, blame: Blame): { readonly pushes: ReadonlyMap<string, Push>; readonly gone: Ends } {
  const pushes = new Map<string, Push>();
  const gone = new Map<string, number>();
  for (const line of story) {
    if (line.op === "gone") gone.set((line as Gone).node, line.t);
    else if (line.op === "call") {
      pushes.set(line.id, { call: line, starts: [], dones: [], answers: [], settled: [] });
    } else {
      const push = pushes.get(line.id);
      if (push === undefined) blame("phantom", line.id, `${line.op} of a push that nobody has made`);
      else add(push, line);
    }
  }
  return { pushes, gone };
}

function add(push: Push, line: Line<Exclude<Happened, Called | Gone>>): void {
  switch (line.op) {
    case "start":
      return void push.starts.push(line);
    case "done":
      return void push.dones.push(line);
    case "answer":
      return void push.answers.push(line);
    case "settled":
      return void push.settled.push(line);
  }
}

/** At most once, or again only when the process of the run before has ended. */
function judgeRuns({ call, starts, answers, settled }: Push, gone: Ends, blame: Blame): void {
  const replies = settled.filter(({ how }) => how !== "given up"); // nobody knows whether that was handled
  const answered = [...answers.filter(({ state }) => state === undefined), ...replies][0]?.t ?? Infinity;
  const late = starts.find(({ t }) => t > answered);
  if (late !== undefined) blame("handled after its reply", call.id, `by ${late.proc}`);
  for (const [index, start] of starts.entries()) {
    const before = starts[index - 1];
    if (before === undefined) continue;
    const what = `by ${before.proc} (attempt ${before.attempt}) and by ${start.proc} (attempt ${start.attempt})`;
    if (call.policy === "refuse") blame("handled twice", call.id, what);
    else if ((gone.get(before.proc) ?? Infinity) > start.t) blame("handled while it ran", call.id, what);
    if (start.attempt <= before.attempt) blame("attempts", call.id, what);
  }
  if (call.policy === "refuse" && starts.some(({ attempt }) => attempt !== 1)) {
    blame("attempts", call.id, `its first attempt is ${starts[0]?.attempt}`);
  }
}

function judgeReplies(push: Push, gone: Ends, blame: Blame): void {
  const { call, dones, answers, settled } = push;
  const { id } = call;
  const [end] = settled;
  if (end === undefined) return blame("not settled", id, "its client does not know what became of it");
  if (settled.length > 1) blame("different replies", id, `it has ended ${settled.length} times`);
  const replies = [
    ...answers.filter(({ state }) => state === undefined).map(({ reply }) => reply),
    ...settled.filter(({ how }) => how === "reply").map(({ reply }) => reply),
  ];
  for (const reply of replies) {
    if (!dones.some((done) => same(done.reply, reply))) {
      blame("foreign reply", id, `no handler has replied ${JSON.stringify(reply)}`);
    }
    if (!same(reply, replies[0])) blame("different replies", id, JSON.stringify([replies[0], reply]));
  }
  const told = [...answers.map(({ state, t }) => ({ how: state, t })), ...settled];
  for (const { how, t } of told) {
    if (how === "expired" && !dones.some(({ isLarge }) => isLarge)) blame("expired", id, "its reply was to be kept");
    if (how === "unknown") judgeUnknown(push, t, gone, blame);
  }
  if (end.how === "failed") blame("failed", id, end.why ?? "");
}

/** Only of who is cut off nobody knows how far it got. */
function judgeUnknown({ call, dones }: Push, t: number, gone: Ends, blame: Blame): void {
  if (call.policy === "run") blame("needless unknown", call.id, "it was to be run again");
  const done = dones.find(({ proc }) => (gone.get(proc) ?? Infinity) > t);
  if (done !== undefined) blame("needless unknown", call.id, `${done.proc} has handled it, and lives`);
}

/** One key for each push, and one push for each key. */
function judgeKeys(pushes: ReadonlyMap<string, Push>, blame: Blame): void {
  const owners = new Map<string, string>();
  for (const [id, { starts }] of pushes) {
    for (const { key } of starts) {
      if (key !== starts[0]?.key) blame("keys", id, `two keys: ${starts[0]?.key} and ${key}`);
      const owner = owners.get(key) ?? id;
      owners.set(key, owner);
      if (owner !== id) blame("keys", id, `its key is that of ${owner}: ${key}`);
    }
  }
}

/** The handlers of a line start in the order of its numbers. */
function judgeOrder(pushes: ReadonlyMap<string, Push>, blame: Blame): void {
  const lines = new Map<string, { readonly t: number; readonly index: number; readonly id: string }[]>();
  for (const [id, { call, starts }] of pushes) {
    const line = lines.get(call.line) ?? [];
    lines.set(call.line, line);
    for (const { t } of starts) line.push({ t, index: call.index, id });
  }
  for (const starts of lines.values()) {
    let last = 0;
    for (const { index, id } of starts.toSorted((a, b) => a.t - b.t)) {
      if (index < last) blame("order", id, `it was started after number ${last} of its line`);
      last = Math.max(last, index);
    }
  }
}

function figuresOf(pushes: ReadonlyMap<string, Push>, gone: Ends): Figures {
  const all = [...pushes.values()];
  const sum = (count: (push: Push) => number): number => all.reduce((total, push) => total + count(push), 0);
  const settled: Record<string, number> = {};
  for (const { settled: ends } of all) for (const { how } of ends) settled[how] = (settled[how] ?? 0) + 1;
  return {
    pushes: all.length,
    starts: sum(({ starts }) => starts.length),
    cutOff: sum(({ starts, dones }) => starts.length - dones.length),
    runAgain: sum(({ starts }) => (starts.length > 1 ? 1 : 0)),
    answers: sum(({ answers }) => answers.length),
    settled,
    gone: gone.size,
  };
}
