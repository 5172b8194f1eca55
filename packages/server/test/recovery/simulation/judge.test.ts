/** The judge, judged: histories made by hand, good ones and bad ones of each kind. */
import { describe, expect, it } from "vitest";
import { nextGeneration, tagOf } from "../../../src/pubsub/history/position.ts";
import type { Head } from "../../../src/pubsub/history/position.ts";
import { Ghost } from "./ghost.ts";
import type { GhostEntry } from "./ghost.ts";
import { judge } from "./judge.ts";
import type { OnWire, Publish, Run, Step, Story } from "./story.ts";

const TOPIC = "room:1";

/** A log that a test writes by hand: `m1`, `m2` … at offsets 1, 2 … */
class Script {
  readonly ghost = new Ghost();
  readonly publishes = new Map<string, Publish>();
  head: Head = { lineage: "l", chain: [{ tag: "a", boundary: 0 }], top: 0 };
  newest: GhostEntry | undefined = undefined;
  #at = 0;

  constructor() {
    this.ghost.begins(TOPIC, this.head, undefined, 0);
  }

  publish(id: string, more: Partial<Publish> = {}): Publish {
    const publish: Publish = {
      id,
      topic: TOPIC,
      event: "msg",
      sender: "node",
      number: this.publishes.size,
      at,
      isRecorded: true,
      except: undefined,
      isHidden: false,
      isRepeated: false,
      outcomes: [],
      waiting: 0,
      ...more,
    };
    this.publishes.set(id, publish);
    return publish;
  }

  store(id: string): void {
    const { lineage, chain } = this.head;
    const offset = this.head.top + 1;
    const tag = (chain.at(-1) as { tag: string }).tag;
    const at = ++this.#at;
    this.newest = { topic: TOPIC, lineage, tag, offset, id, previous: this.newest, at, producer: "node", seq: offset };
    this.head = { ...this.head, top: offset };
    this.ghost.stored(this.newest);
  }

  /** Publishes and stores: some ids, or as many as are asked for. */
  write(...ids: readonly string[]): this {
    for (const id of ids) {
      if (!this.publishes.has(id)) this.publish(id);
      this.store(id);
    }
    return this;
  }

  /** A failover to a server that has only this much. */
  failover(tag: string, top: number): this {
    while (this.newest !== undefined && this.newest.offset > top) this.newest = this.newest.previous;
    this.head = nextGeneration({ ...this.head, top }, tag);
    this.ghost.begins(TOPIC, this.head, this.newest, ++this.#at);
    return this;
  }

  flush(lineage: string): this {
    this.newest = undefined;
    this.head = { lineage, chain: [{ tag: `${lineage}1`, boundary: 0 }], top: 0 };
    this.ghost.begins(TOPIC, this.head, undefined, ++this.#at);
    return this;
  }

  story(runs: readonly Run[] = [], wire: readonly OnWire[] = []): Story {
    return {
      ghost: this.ghost,
      publishes: this.publishes,
      runs,
      wires: [{ name: "wire", messages: [...wire] }],
      end: new Map([[TOPIC, { lineage: this.head.lineage, tag: tagOf(this.head), entry: this.newest }]]),
      replayLimit: 100,
      hadFaults: false,
    };
  }
}

const run = (steps: readonly Step[], more: Partial<Run> = {}): Run => ({
  name: "run",
  topic: TOPIC,
  session: "s",
  isAware: true,
  isFiltered: false,
  since: undefined,
  steps: [...steps],
  isKept: true,
  isJoined: true,
  ...more,
});

const at = 0;
const joined = (offset: number, epoch = "l.a"): Step => ({ is: "joined", at, position: { epoch, offset } });
const got = (id: string, offset: number, epoch = "l.a"): Step => {
  return { is: "message", at, topic: TOPIC, event: "msg", id, position: { epoch, offset } };
};
const told = (reason: string | undefined, offset: number, epoch = "l.a", count = 0): Step => {
  return { is: "told", at, recovered: reason === undefined, reason, count, before: null, position: { epoch, offset } };
};
const rules = (story: Story): string[] => judge(story).map(({ rule }) => rule);
const written = (): Script => new Script().write("m1", "m2", "m3");

describe("a good run", () => {
  it("gets everything after its join, in order", () => {
    expect(judge(written().story([run([joined(1), got("m2", 2), got("m3", 3)])]))).toEqual([]);
  });

  it("goes on from where it says that it stands", () => {
    const since = { epoch: "l.a", offset: 1 };
    const steps = [joined(1), told(undefined, 1, "l.a", 2), got("m2", 2), got("m3", 3)];
    expect(judge(written().story([run(steps, { since })]))).toEqual([]);
  });

  it("is told of a gap, and goes on behind it", () => {
    const script = written();
    script.ghost.trimmed("l", 3);
    expect(judge(script.story([run([joined(0), told("trimmed", 2), got("m3", 3)])]))).toEqual([]);
  });

  it("is told that what it saw was lost", () => {
    const script = written().failover("b", 1).write("n2");
    const steps = [joined(0), got("m1", 1), got("m2", 2), told("lost", 1, "l.b"), got("n2", 2, "l.b")];
    expect(judge(script.story([run(steps)]))).toEqual([]);
  });

  it("is told nothing when what was lost did not reach it", () => {
    const script = written().failover("b", 1).write("n2");
    expect(judge(script.story([run([joined(0), got("m1", 1), got("n2", 2, "l.b")])]))).toEqual([]);
  });

  it("is not owed what it sent itself, and what handleOut hides", () => {
    const script = new Script();
    script.publish("m1", { except: "s" });
    script.publish("m2", { isHidden: true });
    script.write("m1", "m2", "m3");
    expect(judge(script.story([run([joined(0), got("m3", 3)], { isFiltered: true })]))).toEqual([]);
    expect(judge(script.story([run([joined(0)], { isFiltered: true, isKept: false })]))).toEqual([]);
  });
});

describe("a bad run is found out", () => {
  const bad: readonly (readonly [string, string, Script, Step[], Partial<Run>?])[] = [
    ["a gap", "I-1", written(), [joined(0), got("m1", 1), got("m3", 3)]],
    ["a gap right after the join", "I-1", written(), [joined(0), got("m2", 2), got("m3", 3)]],
    ["a gap after a position", "I-1", written(), [got("m3", 3)], { since: { epoch: "l.a", offset: 1 } }],
    ["a gap behind what was told", "I-1", written(), [joined(0), told("limit", 1), got("m3", 3)]],
    [
      "an entry of the lost branch after the failover",
      "I-1",
      written().failover("b", 1).write("n2"),
      [joined(0), got("m1", 1), got("n2", 2, "l.b"), got("m3", 3)],
    ],
    [
      "the new branch, untold",
      "I-1",
      written().failover("b", 1).write("n2", "n3"),
      [joined(0), got("m1", 1), got("m2", 2), got("n3", 3, "l.b")],
    ],
    ["another log, untold", "I-1", written().flush("k").write("k1"), [joined(2), got("m3", 3), got("k1", 1, "k.k1")]],
    ["a message twice", "I-2", written(), [joined(0), got("m1", 1), got("m1", 1), got("m2", 2), got("m3", 3)]],
    [
      "a message before and after a report",
      "I-2",
      written(),
      [joined(1), got("m2", 2), told("limit", 1), got("m2", 2), got("m3", 3)],
    ],
    [
      "what the program had before it came back",
      "I-2",
      written(),
      [got("m2", 2), got("m3", 3)],
      { since: { epoch: "l.a", offset: 2 } },
    ],
    ["messages in the wrong order", "I-1", written(), [joined(0), got("m2", 2), got("m1", 1), got("m3", 3)]],
    ["what no log has", "I-4", written().publish("x") && written(), [joined(3), got("x", 4)]],
    ["a message at another's place", "I-4", written(), [joined(0), got("m1", 2)]],
    ["loss that was none", "I-5", written(), [joined(3), told("lost", 3)]],
    ["another epoch that is none", "I-5", written(), [joined(3), told("epoch", 3)]],
    ["trimmed, and it is not", "I-5", written(), [joined(0), told("trimmed", 3)]],
    ["the limit, and it is not reached", "I-5", written(), [joined(0), told("limit", 3)]],
    ["unavailable, and nothing was wrong", "I-5", written(), [joined(3), told("unavailable", 3)]],
    [
      "loss, for the second time",
      "I-5",
      written().failover("b", 1),
      [joined(3), told("lost", 1, "l.b"), told("lost", 1, "l.b")],
    ],
    ["a position that no log had", "I-8", written(), [joined(9)]],
    ["not joined at the end", "I-12", written(), [joined(3)], { isJoined: false }],
    ["not all at the end", "I-12", written(), [joined(0), got("m1", 1)]],
    ["not told at the end", "I-12", written().failover("b", 1), [joined(3)]],
  ];

  it.each(bad.map(([what, ...given]) => ({ what, rule: given[0], given })))("$what: $rule", ({ given }) => {
    const [rule, script, steps, more] = given;
    if (!script.publishes.has("x")) script.publish("x");
    expect(rules(script.story([run(steps, more)]))).toContain(rule);
  });

  it("another topic's message", () => {
    const script = written();
    script.publish("x", { topic: "room:2" });
    expect(rules(script.story([run([joined(3), got("x", 4)])]))).toContain("I-8");
  });

  it("R-12: its own broadcastFrom, and what is hidden from it", () => {
    const script = new Script();
    script.publish("m1", { except: "s" });
    script.publish("m2", { isHidden: true });
    script.write("m1", "m2");
    expect(rules(script.story([run([joined(0), got("m1", 1)])]))).toContain("R-12");
    expect(rules(script.story([run([joined(0), got("m2", 2)], { isFiltered: true })]))).toContain("R-12");
  });

  it("a reply before the broadcast of its handler", () => {
    const steps: Step[] = [joined(2), { is: "answered", at, id: "m3" }, got("m3", 3)];
    expect(rules(written().story([run(steps)]))).toContain("I-3");
    // In a catch-up, what is missed comes first.
    const behind = [joined(0), told(undefined, 0, "l.a", 3), { is: "answered", at, id: "m3" } as const];
    const rest = [got("m1", 1), got("m2", 2), got("m3", 3)];
    expect(rules(written().story([run([...behind, ...rest], { since: { epoch: "l.a", offset: 0 } })]))).toEqual([]);
  });
});

describe("a run that did not ask", () => {
  const stock = (...steps: Step[]): string[] => rules(written().story([run(steps, { isAware: false })]));
  const plain = (id: string): Step => ({ is: "message", at, topic: TOPIC, event: "msg", id, position: undefined });

  it("may have gaps", () => {
    expect(stock(plain("m1"), plain("m3"))).toEqual([]);
  });

  it("gets nothing twice, and in order", () => {
    expect(stock(plain("m1"), plain("m1"))).toContain("I-2");
    expect(stock(plain("m3"), plain("m1"))).toContain("I-3");
  });
});

describe("a log", () => {
  it("has nothing twice", () => {
    expect(rules(written().write("m1").story())).toContain("I-13");
  });

  it("may have again what was lost", () => {
    expect(rules(written().failover("b", 1).write("m2").story())).toEqual([]);
  });

  it("has the messages of a sender in their order", () => {
    const script = new Script();
    script.publish("m1");
    script.publish("m2");
    expect(rules(script.write("m2", "m1").story())).toContain("I-3");
  });

  it("has what was confirmed where it was confirmed, and nothing that was refused", () => {
    const script = written();
    script.publish("x", { outcomes: [{ epoch: "l.a", offset: 3 }] });
    expect(rules(script.story())).toEqual(["I-13"]);
    const refused = new Script();
    refused.publish("m1", { outcomes: ["refused"] });
    expect(rules(refused.story())).toEqual([]);
    expect(rules(refused.write("m1").story())).toEqual(["I-13"]);
  });

  it("does not leave its senders waiting", () => {
    const script = written();
    script.publish("x", { waiting: 1 });
    expect(rules(script.story())).toEqual(["I-12"]);
  });

  it("has nothing that is not to be kept", () => {
    const script = new Script();
    script.publish("m1", { isRecorded: false });
    expect(rules(script.write("m1").story())).toEqual(["I-13"]);
  });
});

describe("a connection", () => {
  const c = (...message: unknown[]): OnWire => ({ from: "client", at, message });
  const s = (...message: unknown[]): OnWire => ({ from: "server", at, message });
  const ask = c("1", "1", TOPIC, "phx_join", {}, { v: 1, session: "s" });
  const plainAsk = c("1", "1", TOPIC, "phx_join", {});
  const reply = (status: string, more: object = {}): OnWire =>
    s("1", "1", TOPIC, "phx_reply", { status, response: {}, ...more });
  const recovery = { recovery: { epoch: "l.a", offset: 4 } };
  const entry = (o: number, e?: string): OnWire => s(null, null, TOPIC, "msg", {}, e === undefined ? { o } : { o, e });
  const wire = (...messages: OnWire[]): string[] => rules(new Script().story([], messages));

  it("is good", () => {
    expect(
      wire(ask, reply("ok", recovery), entry(5), entry(6), entry(1, "l.b"), s("1", "1", TOPIC, "phx_close", {})),
    ).toEqual([]);
    expect(wire(plainAsk, reply("ok"), s(null, null, TOPIC, "msg", {}))).toEqual([]);
  });

  it("R-11: says nothing of the log to those who may not join", () => {
    expect(wire(ask, entry(5))).toEqual(["I-7"]);
    expect(wire(ask, reply("error", recovery))).toEqual(["I-7"]);
    expect(wire(ask, reply("error"), entry(5))).toEqual(["I-7"]);
    expect(wire(ask, reply("ok", recovery), s("1", "1", TOPIC, "phx_close", {}), entry(5))).toEqual(["I-7"]);
    expect(wire(ask, reply("ok", recovery), s("0", null, TOPIC, "vip", {}, { o: 5 }))).toEqual(["I-7"]);
  });

  it("R-22: is as ever for those who did not ask", () => {
    expect(wire(plainAsk, reply("ok", recovery))).toEqual(["I-11"]);
    expect(wire(plainAsk, reply("ok"), entry(5))).toEqual(["I-11"]);
    expect(wire(plainAsk, reply("ok"), s("1", null, TOPIC, "phx_recovery", {}))).toEqual(["I-11"]);
  });

  it("has positions that grow", () => {
    expect(wire(ask, reply("ok", recovery), entry(5), entry(5))).toEqual(["I-3"]);
    expect(wire(ask, reply("ok", recovery), entry(4))).toEqual(["I-3"]);
  });
});
