import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameData } from "./codec.ts";
import { EncodeError } from "./errors.ts";
import { v1Client, v1Server } from "./v1.ts";
import { v2Server } from "./v2.ts";
import { v2Client } from "./v2-client.ts";

const message = { joinRef: "1", ref: "2", topic: "t", event: "e" };

/** All that writes a payload. */
const writers: [string, (payload: unknown) => FrameData][] = [
  ["V1 push", (payload) => v1Server.encodeMessage("1", null, "t", "e", payload)],
  ["V1 broadcast", (payload) => v1Server.encodeBroadcast("t", "e", payload)],
  ["V1 reply", (payload) => v1Server.encodeReply("1", "2", "t", "ok", payload)],
  ["V1 client", (payload) => v1Client.encode({ ...message, payload })],
  ["V2 push", (payload) => v2Server.encodeMessage("1", null, "t", "e", payload)],
  ["V2 broadcast", (payload) => v2Server.encodeBroadcast("t", "e", payload)],
  ["V2 reply", (payload) => v2Server.encodeReply("1", "2", "t", "ok", payload)],
  ["V2 client", (payload) => v2Client.encode({ ...message, payload })],
];

/** The client that pages load has shorter texts. */
const shortOf = (said: string): string =>
  `: payload.${said
    .replaceAll(/\[(\d)\]/g, ".$1")
    .replace(/an instance of Money$/, "without fields")
    .replace(/ is an? (instance of )?/, " is ")}`;

class Money {
  readonly #cents = 5;
  get cents(): number {
    return this.#cents;
  }
}
class Point {
  x = 1;
  y = 2;
}
class Failure extends Error {
  status = 404;
}

describe.each(writers)("%s: what JSON would not carry as it is", (_writer, write) => {
  it.each<[what: string, payload: unknown, said: string, saidByV2Client?: string]>([
    ["NaN", { a: NaN }, "a is NaN"],
    ["Infinity", { list: [1, -Infinity] }, "list[1] is -Infinity"],
    ["a boxed NaN", { a: Object(NaN) }, "a is NaN"],
    ["a bigint", { a: { b: [{ c: 1n }] } }, "a.b[0].c is a bigint"],
    ["undefined in a list", { a: [undefined] }, "a[0] is undefined"],
    ["a hole", { a: Array(3) }, "a[0] is undefined"],
    ["a function", { a: () => 1 }, "a is a function"],
    ["a symbol", { a: Symbol("s") }, "a is a symbol"],
    ["a Map", { a: new Map([[1, 2]]) }, "a is a Map"],
    ["a Set", { a: new Set([1]) }, "a is a Set"],
    ["an error", { a: new Error("x") }, "a is an Error"],
    ["an error with fields", { a: new Failure("x") }, "a is an Error"],
    ["a regular expression", { a: /x/ }, "a is a RegExp"],
    ["a promise", { a: Promise.resolve() }, "a is a Promise"],
    ["a WeakMap", { a: new WeakMap() }, "a is an instance of WeakMap"],
    ["headers", { a: new Headers({ b: "c" }) }, "a is an instance of Headers"],
    ["private fields", { a: new Money() }, "a is an instance of Money"],
    ["an invalid date", { a: new Date(NaN) }, "a is an invalid date", "payload.a is Invalid Date"],
    ["bytes inside", { a: new Uint8Array(2) }, "a is bytes"],
    ["a Buffer inside", { a: [Buffer.from("x")] }, "a[0] is bytes"],
    ["a DataView inside", { a: new DataView(new ArrayBuffer(2)) }, "a is bytes"],
    ["a buffer inside", { a: new ArrayBuffer(2) }, "a is bytes"],
    ["what a toJSON gives", { a: { toJSON: () => ({ b: [NaN] }) } }, "a.b[0] is NaN"],
    ["odd keys", { "a b": { 'c"': [NaN] } }, '["a b"]["c\\""][0] is NaN', 'payload.a b.c".0 is NaN'],
    ["a Map of another realm", { a: vm.runInNewContext("new Map()") as unknown }, "a is a Map"],
    ["bytes of another realm", { a: vm.runInNewContext("new Float64Array(2)") as unknown }, "a is bytes"],
  ])("is refused: %s", (_what, payload, said, saidByV2Client = shortOf(said)) => {
    expect(() => write(payload)).toThrow(EncodeError);
    expect(() => write(payload)).toThrow(
      _writer === "V2 client" ? new RegExp(`${saidByV2Client.replaceAll(".", "\\.")}$`, "i") : said,
    );
  });

  it("is refused: cycles, and by servers more than 1,000 levels", () => {
    const cycle: Record<string, unknown> = {};
    cycle["a"] = { b: [cycle] };
    expect(() => write(cycle)).toThrow(EncodeError);
    expect(() => write(cycle)).toThrow(/circular/);
    if (_writer === "V2 client") return;
    const deep = JSON.parse(`${'{"a":'.repeat(1_000)}{}${"}".repeat(1_000)}`) as unknown;
    expect(() => write(deep)).toThrow(/^.*a\.a\.a.*… is nested too deep\. Send a flatter value\.$/);
    expect(() => write((deep as { a: unknown }).a)).not.toThrow();
  });

  it("is refused, also when it throws", () => {
    const getter = Object.defineProperty({}, "a", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    const text =
      _writer === "V2 client"
        ? '"e" cannot be encoded: no'
        : `${_writer.includes("reply") ? "response" : 'payload of "e"'} cannot be written as JSON: no`;
    expect(() => write({ getter })).toThrow(new EncodeError(text));
  });

  it.each<[string, unknown, unknown]>([
    ["dates", { a: new Date(0) }, { a: "1970-01-01T00:00:00.000Z" }],
    ["what has a toJSON", { a: new URL("http://a.b/") }, { a: "http://a.b/" }],
    [
      "a toJSON that gives its object",
      {
        a: {
          toJSON() {
            return this;
          },
          b: 1,
        },
      },
      { a: { b: 1 } },
    ],
    ["undefined fields, which are left out", { a: undefined, b: 1 }, { b: 1 }],
    ["instances with fields", { a: new Point() }, { a: { x: 1, y: 2 } }],
    ["objects without a prototype", { a: Object.create(null) as unknown }, { a: {} }],
    [
      "objects of another realm",
      { a: vm.runInNewContext("({b: {}, c: [{}], d: new Date(0)})") as unknown },
      { a: { b: {}, c: [{}], d: "1970-01-01T00:00:00.000Z" } },
    ],
    ["-0, as 0", { a: -0 }, { a: 0 }],
    ["boxed values", { a: Object("x"), b: Object(1) }, { a: "x", b: 1 }],
    ["__proto__", JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ])("is not: %s", (_what, payload, arrives) => {
    const frame = JSON.parse(write(payload) as string) as unknown[] | { payload: unknown };
    const found = Array.isArray(frame) ? frame[4] : frame.payload;
    const reply = found as { response?: unknown };
    expect(JSON.stringify(reply.response ?? found)).toBe(JSON.stringify(arrives));
  });

  it("asks a toJSON once, with its key, as JSON.stringify does", () => {
    const calls: unknown[] = [];
    const toJSON = (key: string): unknown => (calls.push(key), { toJSON: "a field" });
    const frame = write({ a: [{ toJSON }], b: { toJSON } });
    expect(calls).toEqual(["0", "b"]);
    expect(frame).toContain('{"a":[{"toJSON":"a field"}],"b":{"toJSON":"a field"}}');
  });
});

describe("bytes", () => {
  const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const shared = new SharedArrayBuffer(8);
  new Uint8Array(shared).set(bytes);

  it.each<[string, unknown]>([
    ["Uint8Array", bytes],
    ["Buffer", Buffer.from(bytes)],
    ["ArrayBuffer", bytes.buffer],
    ["SharedArrayBuffer", shared],
    ["DataView", new DataView(bytes.buffer)],
    ["Int16Array", new Int16Array(bytes.buffer)],
    ["Float64Array", new Float64Array(bytes.buffer)],
    ["a view on a part", new Uint16Array(Uint8Array.of(9, 9, ...bytes, 9, 9).buffer, 2, 4)],
    ["Uint8Array of another realm", vm.runInNewContext("Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)")],
    ["ArrayBuffer of another realm", vm.runInNewContext("Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer")],
    ["DataView of another realm", vm.runInNewContext("new DataView(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer)")],
  ])("are a payload by themselves: %s", (_what, payload) => {
    const written = v2Client.encode({ ...message, payload });
    expect(v2Server.decode(written).payload).toEqual(bytes);
    expect(v2Client.decode(v2Server.encodeMessage("1", null, "t", "e", payload)).payload).toEqual(bytes);
    expect(v2Client.decode(v2Server.encodeBroadcast("t", "e", payload)).payload).toEqual(bytes);
    expect(v2Client.decode(v2Server.encodeReply("1", "2", "t", "ok", payload)).payload).toEqual({
      status: "ok",
      response: bytes,
    });
    expect(() => v1Server.encodeBroadcast("t", "e", payload)).toThrow(/is binary, which V1 cannot carry/);
  });

  it("are not what only says so", () => {
    const payload = { [Symbol.toStringTag]: "ArrayBuffer", byteLength: 4, a: 1 };
    expect(v2Client.encode({ ...message, payload })).toBe('["1","2","t","e",{"byteLength":4,"a":1}]');
  });
});

it("what is written arrives as JSON has it, and what would not is refused", () => {
  const odd = fc.constantFrom<unknown>(
    NaN,
    Infinity,
    1n,
    undefined,
    () => 1,
    Symbol("s"),
    new Map(),
    new Uint8Array(1),
    /x/,
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "medium" },
      { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
      { weight: 1, arbitrary: odd },
      { weight: 3, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
      { weight: 3, arbitrary: fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }) },
    ),
  }));
  const isOdd = (data: unknown, isField = false): boolean => {
    if (data === undefined) return !isField;
    if (Array.isArray(data)) return data.some((item) => isOdd(item));
    if (typeof data === "object" && data !== null && Object.getPrototypeOf(data) !== Object.prototype) {
      return Object.getPrototypeOf(data) !== null || Object.values(data).some((item) => isOdd(item, true));
    }
    if (typeof data === "object" && data !== null) return Object.values(data).some((item) => isOdd(item, true));
    return typeof data === "number" ? !Number.isFinite(data) : ["bigint", "function", "symbol"].includes(typeof data);
  };
  fc.assert(
    fc.property(value, (data) => {
      const reply = (): FrameData => v2Server.encodeReply("1", "2", "t", "ok", { data });
      const push = (): FrameData => v2Client.encode({ ...message, payload: { data } });
      if (isOdd(data, true)) {
        expect(reply).toThrow(EncodeError);
        expect(push).toThrow(EncodeError);
      } else {
        expect(reply()).toBe(JSON.stringify(["1", "2", "t", "phx_reply", { status: "ok", response: { data } }]));
        expect(push()).toBe(JSON.stringify(["1", "2", "t", "e", { data }]));
      }
    }),
    { seed: 20_260_104, numRuns: 500 },
  );
});
