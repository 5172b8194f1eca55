import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { attach } from "../../telemetry/attach.ts";
import { systemClock } from "./clock.ts";
import { MemoryHistory } from "./memory.ts";
import type { MemoryHistoryOptions } from "./memory.ts";
import type { HistoryRule } from "./store.ts";

const RULE: HistoryRule = { size: 100, ttl: 60_000, maxBytes: 1_000_000 };

class Time {
  ms = 1_000_000;
  now = (): number => this.ms;
  after = systemClock.after.bind(systemClock);
}

let seq = 0;
const publish = (store: MemoryHistory, topic: string, body: string | Uint8Array, rule = RULE, id?: string) =>
  store.append({
    topic,
    rule,
    producer: "p",
    known: undefined,
    isRepeat: false,
    entries: [{ event: "e", body, from: "", seq: ++seq, id }],
  });
const bodies = (store: MemoryHistory, topic: string, rule = RULE) =>
  store.read(topic, rule, { after: undefined, limit: 1_000 }).entries.map(({ body }) => body);
const headOf = (store: MemoryHistory, topic: string) => store.heads([topic])[0]!;
const storeWith = (options: MemoryHistoryOptions, time = new Time()) => new MemoryHistory(options, time);

describe("a history in memory", () => {
  it("R-27: keeps nothing of topics that are only read, and they have their names all the same", () => {
    const store = storeWith({ maxBytes: 4_000 });
    publish(store, "room:1", "kept");
    const before = headOf(store, "stranger:7");
    for (let n = 0; n < 100_000; n++) store.read(`stranger:${n}`, RULE, { after: undefined, limit: 0 });
    expect(bodies(store, "room:1")).toEqual(["kept"]);
    expect(headOf(store, "stranger:7")).toEqual(before);
    expect(publish(store, "stranger:7", "first").head).toEqual({ ...before, top: 1 });
  });

  it("gives a topic another name when its log is removed, also when it was empty", () => {
    const store = storeWith({});
    const names = new Set([headOf(store, "a").lineage, headOf(store, "b").lineage]);
    for (const filled of [false, true, false]) {
      if (filled) publish(store, "a", "x");
      store.clear("a");
      names.add(headOf(store, "a").lineage);
    }
    expect(names.size).toBe(5);
    expect(headOf(storeWith({}), "a").lineage).not.toBe(headOf(storeWith({}), "a").lineage);
  });

  it("R-27: drops the logs that were used least recently when all together are too large, and says so", () => {
    const dropped: string[] = [];
    onTestFinished(attach("history.trimmed_early", ({ topic }) => dropped.push(topic)));
    const store = storeWith({ maxBytes: 20_000 });
    const body = "x".repeat(1_000);
    publish(store, "used", body);
    const gone = publish(store, "old", body).head;
    for (let n = 0; n < 40; n++) {
      publish(store, `new:${n}`, body);
      bodies(store, "used");
    }
    expect(dropped[0]).toBe("old");
    expect(dropped).not.toContain("used");
    expect(bodies(store, "used")).toEqual([body]);
    expect(headOf(store, "old").lineage).not.toBe(gone.lineage);
  });

  it("R-6: an entry is gone at its ttl, and where the log stands is not", () => {
    const time = new Time();
    const store = storeWith({}, time);
    publish(store, "a", "x");
    time.ms += RULE.ttl - 1;
    expect(bodies(store, "a")).toEqual(["x"]);
    time.ms += 1;
    expect(store.read("a", RULE, { after: 0, limit: 10 })).toMatchObject({ oldest: 2, head: { top: 1 }, entries: [] });
  });

  it("drops the oldest entries beyond maxBytes", () => {
    const store = storeWith({});
    const rule = { ...RULE, maxBytes: 10 };
    for (const body of ["aaaa", "bbbb", "cccc"]) publish(store, "a", body, rule);
    expect(bodies(store, "a", rule)).toEqual(["bbbb", "cccc"]);
    publish(store, "a", "d".repeat(11), rule);
    expect(store.read("a", rule, { after: 2, limit: 10 })).toMatchObject({ oldest: 5, head: { top: 4 }, entries: [] });
  });

  it("remembers an idempotency key for the ttl, or ten minutes", () => {
    const time = new Time();
    const store = storeWith({}, time);
    expect(publish(store, "a", "x", RULE, "k").offsets).toEqual([1]);
    expect(publish(store, "a", "y", RULE, "k").offsets).toEqual([1]);
    time.ms += RULE.ttl;
    expect(publish(store, "a", "z", RULE, "k").offsets).toEqual([2]);
  });
});

describe("the file of a history in memory", () => {
  const place = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "wingbeat-history-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return join(folder, "history");
  };
  const started = (file: string): MemoryHistory => {
    const store = storeWith({ file });
    store.start();
    return store;
  };
  const failures = (): string[] => {
    const said: string[] = [];
    onTestFinished(attach("history.file_failed", ({ error }) => said.push((error as Error).message)));
    return said;
  };

  it("R-29: carries all logs over a clean restart: bodies, bytes, where they stand, and the names of empty ones", () => {
    const file = place();
    const first = started(file);
    publish(first, "room:ü\n1", "größe");
    publish(first, "room:ü\n1", Buffer.from([0, 1, 255]));
    publish(first, "expired", "x", { ...RULE, ttl: 0 });
    publish(first, "cleared", "x");
    first.clear("cleared");
    const heads = (store: MemoryHistory) => store.heads(["room:ü\n1", "expired", "cleared", "empty"]);
    const before = heads(first);
    first.stop();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = started(file);
    expect(heads(second)).toEqual(before);
    expect(bodies(second, "room:ü\n1")).toEqual(["größe", new Uint8Array([0, 1, 255])]);
    expect(publish(second, "room:ü\n1", "next").offsets).toEqual([3]);
    expect(readdirSync(join(file, ".."))).toEqual(["history"]);
  });

  it("R-29: is of no use after a crash: all logs are others", () => {
    const file = place();
    const first = started(file);
    publish(first, "a", "1");
    first.stop();
    const second = started(file);
    const { head } = publish(second, "a", "2");
    const third = started(file); // the second was killed
    expect(headOf(third, "a").lineage).not.toBe(head.lineage);
    expect(bodies(third, "a")).toEqual([]);
  });

  it("R-29: is not written by a process whose successor has started: its logs would lack what that one sends", () => {
    const said = failures();
    const file = place();
    const first = started(file);
    const { head } = publish(first, "a", "1");
    const second = started(file);
    publish(second, "a", "2");
    first.stop();
    expect(said).toEqual([expect.stringContaining("another process has started with this file")]);
    const third = started(file); // the second was killed
    expect(headOf(third, "a").lineage).not.toBe(head.lineage);
    expect(bodies(third, "a")).toEqual([]);
    third.stop();
    expect(said).toHaveLength(1);
  });

  it("is left alone by a store that was never started", () => {
    const said = failures();
    const file = place();
    storeWith({ file }).stop();
    expect(readdirSync(join(file, ".."))).toEqual([]);
    expect(said).toEqual([]);
  });

  it("that cannot be understood is reported and replaced; one that cannot be read or written stops the start", () => {
    const said = failures();
    const file = place();
    const first = started(file);
    publish(first, "a", "1");
    publish(first, "b", Buffer.from("2"));
    first.stop();
    const good = readFileSync(file, "utf8");
    const lines = good.split("\n");
    const changed = (line: number, text: string): string => lines.with(line, text).join("\n");
    const bad = [
      "",
      "\n",
      "null",
      "[]",
      "\u0000\u0001\u00ff",
      good.slice(0, -10),
      lines.slice(0, 3).join("\n"),
      good.replace("history 1", "history 9"),
      changed(0, '["wingbeat-history 1","logs",1e300,["x",[]]]'),
      changed(0, '["wingbeat-history 1","logs",-1,["x",[]]]'),
      changed(0, '["wingbeat-history 1","logs",2,{"__proto__":[]}]'),
      changed(0, '["wingbeat-history 1","logs",2,["x",[7]]]'),
      changed(1, '["a","l",1e308,1e308]'),
      changed(1, '["a","l",1,5]'),
      changed(1, '["a","l",-3,-7]'),
      changed(1, '["a","l",1.5,1]'),
      changed(1, '{"length":4}'),
      changed(2, '["soon","e","","x"]'),
      changed(2, '[1,{},"","x"]'),
      changed(2, "[".repeat(100_000)),
    ];
    for (const text of bad) {
      writeFileSync(file, text);
      const store = started(file);
      expect([text, bodies(store, "a")]).toEqual([text, []]);
      expect(publish(store, "a", "again").offsets).toEqual([1]);
    }
    expect(said).toHaveLength(bad.length);
    expect(() => started(join(file, "below"))).toThrow("ENOTDIR");
    expect(() => started(join(file, "..", "nowhere", "history"))).toThrow("ENOENT");
  });
});
