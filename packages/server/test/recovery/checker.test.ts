/** The judge itself: it finds each kind of fault in a history made by hand, and nothing in good ones. */
import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type { Kind } from "./checker.ts";
import type { Fault, Happened, Line, Position } from "./history.ts";

type Step = Happened | Happened[];

/** `A.1:7` */
function at(text: string): Position {
  const colon = text.indexOf(":");
  return { epoch: text.slice(0, colon), offset: Number(text.slice(colon + 1)) };
}

const call = (id: string, except: readonly string[] = []): Happened => ({
  op: "publish",
  topic: "room:1",
  id,
  phase: "call",
  except,
});
const confirmed = (id: string, pos: string): Happened[] => [
  call(id),
  { op: "publish", topic: "room:1", id, phase: "ok", pos: at(pos) },
];
const refused = (id: string): Happened[] => [call(id), { op: "publish", topic: "room:1", id, phase: "refused" }];
const join = (run: string, pos: string, recovered?: boolean): Happened => ({
  op: "join",
  run,
  topic: "room:1",
  pos: at(pos),
  ...(recovered === undefined ? {} : { recovered }),
});
const stock = (run: string, topic = "room:1"): Happened => ({ op: "join", run, topic });
const got = (run: string, id: string, pos?: string): Happened => ({
  op: "deliver",
  run,
  id,
  ...(pos === undefined ? {} : { pos: at(pos) }),
});
const told = (run: string, reason: string, pos: string): Happened => ({ op: "report", run, reason, pos: at(pos) });
const end = (run: string): Happened => ({ op: "end", run });
const log = (epoch: string, ...ids: readonly string[]): Happened => ({
  op: "log",
  topic: "room:1",
  epoch,
  entries: ids.map((id, n) => [n + 1, id]),
});
const fault = (what: Omit<Fault, "op" | "what">): Happened => ({ op: "fault", what: "a fault", ...what });

/** Each a millisecond after the one before. */
const history = (happened: readonly Step[]): Line[] =>
  happened.flat().map((one, n) => ({ ...one, t: n, proc: "test" }));

/** Three messages in a log. */
const three = [confirmed("m1", "A.1:1"), confirmed("m2", "A.1:2"), confirmed("m3", "A.1:3")].flat();

const kinds = (...happened: readonly Step[]): Kind[] => check(history(happened)).violations.map(({ kind }) => kind);

describe("what is wrong", () => {
  it("lost: between two deliveries", () => {
    expect(kinds(three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), got("r", "m3", "A.1:3"))).toEqual(["lost"]);
  });

  it("lost: after the join, and before the first delivery", () => {
    expect(kinds(three, join("r", "A.1:1"), got("r", "m3", "A.1:3"))).toEqual(["lost"]);
  });

  it("lost: nothing comes any more", () => {
    const happened = [three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), log("A.1", "m1", "m2", "m3"), end("r")];
    expect(kinds(...happened)).toEqual(["lost", "lost"]);
  });

  it("lost: nobody has a confirmation, but another run has received it", () => {
    expect(
      kinds(
        [call("m1"), call("m2"), call("m3"), join("r", "A.1:0"), join("other", "A.1:0")],
        [got("other", "m1", "A.1:1"), got("other", "m2", "A.1:2"), got("other", "m3", "A.1:3")],
        [got("r", "m1", "A.1:1"), got("r", "m3", "A.1:3")],
      ),
    ).toEqual(["lost"]);
  });

  it("lost: in a replay across two generations of a log", () => {
    const happened = [three, confirmed("m4", "A.2:4"), join("r", "A.1:1"), got("r", "m4", "A.2:4")];
    expect(kinds(...happened, log("A.2", "m1", "m2", "m3", "m4"))).toEqual(["lost", "lost"]);
  });

  it("lost: rejoined as recovered, but at a later position", () => {
    const happened = [three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), join("r", "A.1:2", true)];
    expect(kinds(...happened, got("r", "m3", "A.1:3"))).toEqual(["lost"]);
  });

  it("lost: a new run that asked for what came after a position", () => {
    const since: Happened = {
      op: "join",
      run: "r",
      topic: "room:1",
      pos: at("A.1:2"),
      since: at("A.1:1"),
      recovered: true,
    };
    expect(kinds(three, since, got("r", "m3", "A.1:3"))).toEqual(["lost"]);
    expect(kinds(three, since, got("r", "m2", "A.1:2"), got("r", "m3", "A.1:3"))).toEqual([]);
  });

  it("lost: confirmed, and no longer in the log, though nothing has happened to it", () => {
    expect(kinds(three, log("A.1", "m1", "m2"))).toEqual(["lost"]);
  });

  it("lost: confirmed after the failover", () => {
    const happened = [confirmed("m1", "A.1:1"), fault({ since: 0, loses: true }), confirmed("m2", "A.2:2")];
    expect(kinds(...happened, log("A.2", "m1"))).toEqual(["lost"]);
  });

  it("duplicate: delivered twice, at once or as a replay", () => {
    expect(kinds(three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), got("r", "m1", "A.1:1"))).toEqual(["duplicate"]);
    expect(
      kinds(three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), got("r", "m2", "A.1:2"), got("r", "m1", "A.1:1")),
    ).toEqual(["duplicate"]);
  });

  it("duplicate: delivered again after a report", () => {
    const happened = [three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), told("r", "epoch", "B.1:0")];
    expect(kinds(...happened, got("r", "m1", "B.1:1"))).toEqual(["duplicate"]);
  });

  it("duplicate: a repeated publish is twice in the log", () => {
    expect(kinds(call("m1"), call("m1"), log("A.1", "m1", "m1"))).toEqual(["duplicate"]);
  });

  it("duplicate: a client without positions", () => {
    expect(kinds(three, stock("r"), got("r", "m1"), got("r", "m2"), got("r", "m1"))).toEqual(["duplicate"]);
  });

  it("reordered: an earlier offset after a later one", () => {
    expect(kinds(three, join("r", "A.1:0"), got("r", "m2", "A.1:2"), got("r", "m1", "A.1:1"))).toEqual([
      "lost",
      "reordered",
    ]);
  });

  it("reordered: a client without positions", () => {
    expect(kinds(three, stock("r"), got("r", "m2"), got("r", "m1"))).toEqual(["reordered"]);
  });

  it("phantom: refused but delivered, or in the log", () => {
    expect(kinds(refused("m1"), stock("r"), got("r", "m1"))).toEqual(["phantom"]);
    expect(kinds(refused("m1"), log("A.1", "m1"))).toEqual(["phantom"]);
  });

  it("phantom: nobody has published it", () => {
    expect(kinds(stock("r"), got("r", "m1"))).toEqual(["phantom"]);
  });

  it("foreign: of another topic", () => {
    expect(kinds(three, stock("r", "room:2"), got("r", "m1"))).toEqual(["foreign"]);
  });

  it("foreign: a sender's own message, or one that is hidden from it", () => {
    expect(kinds(call("m1", ["r"]), join("r", "A.1:0"), got("r", "m1", "A.1:1"))).toEqual(["foreign"]);
  });

  it("foreign: of another log, and the run was not told", () => {
    const happened = [three, join("r", "A.1:2"), confirmed("m9", "B.1:1"), got("r", "m9", "B.1:1")];
    expect(kinds(...happened)).toEqual(["foreign"]);
  });

  it("conflict: two messages at one offset of a generation", () => {
    const happened = [three, call("m9"), join("r", "A.1:0"), got("r", "m9", "A.1:1")];
    expect(kinds(...happened)).toEqual(["conflict"]);
  });

  it("untold: what a run has seen was lost by the engine, and it goes on", () => {
    const happened = [three, join("r", "A.1:2"), got("r", "m3", "A.1:3"), fault({ since: 0, loses: true })];
    const after = [confirmed("n3", "A.2:3"), confirmed("n4", "A.2:4"), got("r", "n4", "A.2:4")];
    expect(kinds(...happened, ...after)).toEqual(["untold"]);
  });

  it("untold: what a run has seen was lost by the engine, and nothing came after it", () => {
    const happened = [three, join("r", "A.1:2"), got("r", "m3", "A.1:3"), fault({ since: 0, loses: true })];
    expect(kinds(...happened, log("A.2", "m1", "m2"), end("r"))).toEqual(["untold"]);
    expect(kinds(...happened, confirmed("n3", "A.2:3"), log("A.2", "m1", "m2", "n3"), end("r"))).toEqual(["untold"]);
    expect(kinds(...happened, log("B.1"), end("r"))).toEqual(["untold"]);
  });

  it("needless report: `lost`, but the log still has all that the run has seen", () => {
    const happened = [three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), log("A.2", "m1", "m2", "m3")];
    expect(kinds(...happened, told("r", "lost", "A.2:3"))).toEqual(["needless report"]);
  });

  it("needless report: `epoch`, but it is the same log", () => {
    expect(kinds(three, join("r", "A.1:1"), told("r", "epoch", "A.2:3"))).toEqual(["needless report"]);
  });

  it("needless report: `trimmed` or `limit`, but no more was missed than is kept", () => {
    const rule: Happened = { op: "rule", size: 100 };
    for (const reason of ["trimmed", "limit"]) {
      expect(kinds(rule, join("r", "A.1:0"), told("r", reason, "A.1:100"))).toEqual(["needless report"]);
    }
  });

  it("needless report: `unavailable`, but the engine was there", () => {
    expect(kinds(three, join("r", "A.1:1"), told("r", "unavailable", "A.1:3"))).toEqual(["needless report"]);
  });

  it("second report of one gap", () => {
    const happened = [three, join("r", "A.1:3"), told("r", "epoch", "B.1:0"), told("r", "epoch", "B.1:0")];
    expect(kinds(...happened)).toEqual(["second report"]);
  });
});

describe("what is right", () => {
  it("a run over several connections", () => {
    expect(
      kinds(
        [...three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), join("r", "A.1:1", true)],
        [got("r", "m2", "A.1:2"), got("r", "m3", "A.1:3"), log("A.1", "m1", "m2", "m3"), end("r")],
      ),
    ).toEqual([]);
  });

  it("a change of generation that lost nothing", () => {
    const happened = [three, join("r", "A.1:2"), got("r", "m3", "A.1:3"), confirmed("m4", "A.2:4")];
    expect(kinds(...happened, got("r", "m4", "A.2:4"), log("A.2", "m1", "m2", "m3", "m4"), end("r"))).toEqual([]);
  });

  it("a failover that lost something: those who have seen it are told, the others go on", () => {
    expect(
      kinds(
        [...three, join("r", "A.1:2"), join("behind", "A.1:1"), got("r", "m3", "A.1:3"), got("behind", "m2", "A.1:2")],
        [fault({ since: 0, loses: true }), told("r", "lost", "A.2:2"), ...confirmed("n3", "A.2:3")],
        [got("r", "n3", "A.2:3"), got("behind", "n3", "A.2:3"), log("A.2", "m1", "m2", "n3"), end("r"), end("behind")],
      ),
    ).toEqual([]);
  });

  it("a log that is gone, told once, and again when the next is gone", () => {
    const happened = [three, join("r", "A.1:3"), told("r", "epoch", "B.1:0"), told("r", "epoch", "C.1:0")];
    expect(kinds(...happened)).toEqual([]);
  });

  it("more missed than is kept", () => {
    const rule: Happened = { op: "rule", size: 2 };
    expect(kinds(rule, three, join("r", "A.1:0"), told("r", "trimmed", "A.1:3"))).toEqual([]);
  });

  it("an engine that was away", () => {
    const happened = [three, join("r", "A.1:0"), fault({ since: 0, outage: true })];
    expect(kinds(...happened, told("r", "unavailable", "A.1:3"), told("r", "unavailable", "A.1:3"))).toEqual([]);
  });

  it("an engine that was away, and nobody can say where the log stands", () => {
    const happened = [three, join("r", "A.1:0"), fault({ since: 0, outage: true })];
    const report: Happened = { op: "report", run: "r", reason: "unavailable" };
    expect(kinds(...happened, report, got("r", "m3", "A.1:3"))).toEqual([]);
  });

  it("a message that is hidden from a run, in the middle and at the end", () => {
    const hidden = [
      call("h", ["r"]),
      { op: "publish", topic: "room:1", id: "h", phase: "ok", pos: at("A.1:4") } as const,
    ];
    const happened = [three, hidden, confirmed("m5", "A.1:5"), join("r", "A.1:3"), got("r", "m5", "A.1:5")];
    expect(kinds(...happened)).toEqual([]);
    expect(kinds(three, hidden, join("r", "A.1:3"), log("A.1", "m1", "m2", "m3", "h"), end("r"))).toEqual([]);
  });

  it("the report of a loss that the run could not see: the server counted what was hidden from it", () => {
    const hidden = [
      call("h", ["r"]),
      { op: "publish", topic: "room:1", id: "h", phase: "ok", pos: at("A.1:4") } as const,
    ];
    const happened = [three, hidden, join("r", "A.1:3"), fault({ since: 0, loses: true })];
    expect(kinds(...happened, log("A.2", "m1", "m2", "m3"), told("r", "lost", "A.2:3"), end("r"))).toEqual([]);
  });

  it("an unknown outcome, repeated, is in the log once", () => {
    const unknown: Happened = { op: "publish", topic: "room:1", id: "m1", phase: "unknown" };
    expect(kinds(call("m1"), unknown, confirmed("m1", "A.1:1"), log("A.1", "m1"))).toEqual([]);
  });

  it("refused at first, and stored when it was repeated", () => {
    const happened = [refused("m1"), confirmed("m1", "A.1:1"), join("r", "A.1:0"), got("r", "m1", "A.1:1")];
    expect(kinds(...happened, log("A.1", "m1"), end("r"))).toEqual([]);
  });

  it("a process that was killed: nobody knows whether its last message is in the log", () => {
    expect(kinds(three, call("m4"), log("A.1", "m1", "m2", "m3"))).toEqual([]);
    expect(kinds(three, call("m4"), log("A.1", "m1", "m2", "m3", "m4"))).toEqual([]);
  });

  it("what was confirmed before an engine lost it, and what was trimmed", () => {
    expect(kinds(three, fault({ since: 0, loses: true }), log("A.2", "m1"))).toEqual([]);
    const trimmed: Happened = { op: "log", topic: "room:1", epoch: "A.1", entries: [[3, "m3"]] };
    expect(kinds(three, trimmed)).toEqual([]);
  });

  it("a client without positions that comes back to a node which lags", () => {
    const happened = [three, stock("r"), got("r", "m1"), got("r", "m2"), stock("r"), got("r", "m2"), got("r", "m3")];
    expect(kinds(...happened)).toEqual([]);
  });

  it("a client without positions: gaps are not its business", () => {
    expect(kinds(three, stock("r"), got("r", "m1"), got("r", "m3"), log("A.1", "m1", "m2", "m3"), end("r"))).toEqual(
      [],
    );
  });
});

it("counts what happened", () => {
  const happened = [three, join("r", "A.1:0"), got("r", "m1", "A.1:1"), join("r", "A.1:1", true)];
  expect(check(history([...happened, told("r", "epoch", "B.1:0")])).figures).toEqual({
    published: 3,
    delivered: 1,
    runs: 1,
    recovered: 1,
    reports: { epoch: 1 },
  });
});

it("judges a long history in one pass over it", () => {
  const COUNT = 20_000;
  const happened = Array.from({ length: COUNT }, (_, n) => [
    ...confirmed(`m${n}`, `A.1:${n + 1}`),
    ...["a", "b", "c"].map((run) => got(run, `m${n}`, `A.1:${n + 1}`)),
  ]);
  const begin = ["a", "b", "c"].map((run) => join(run, "A.1:0"));
  expect(kinds(begin, ...happened)).toEqual([]);
});
