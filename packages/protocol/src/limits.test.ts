import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServerCodec } from "./codec.ts";
import { isDeeperThan } from "./depth.ts";
import { DecodeError } from "./errors.ts";
import { v1Server } from "./v1.ts";
import { v2Server } from "./v2.ts";

const SETTINGS = { seed: 20_260_102, numRuns: 500 };

interface Fields {
  readonly [name: string]: string;
}

/** Frames out of the JSON of their fields. */
const v2 = ({ join_ref = '"1"', ref = '"2"', topic = '"t"', event = '"e"', payload = "{}" }: Fields): string =>
  `[${join_ref},${ref},${topic},${event},${payload}]`;
const v1 = ({ join_ref = '"1"', ref = '"2"', topic = '"t"', event = '"e"', payload = "{}" }: Fields): string =>
  `{"join_ref":${join_ref},"ref":${ref},"topic":${topic},"event":${event},"payload":${payload}}`;

const versions: [string, ServerCodec, (fields: Fields) => string][] = [
  ["V1", v1Server, v1],
  ["V2", v2Server, v2],
];

const arrays = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const objects = (levels: number): string => '{"a":'.repeat(levels - 1) + "{}" + "}".repeat(levels - 1);

describe.each(versions)("%s: nesting", (_version, codec, frameOf) => {
  const tooDeep = new DecodeError("frame is nested more than 64 levels deep");

  it.each([arrays, objects])("of a payload may have 64 levels (%o)", (nested) => {
    expect(JSON.stringify(codec.decode(frameOf({ payload: nested(64) })).payload)).toBe(nested(64));
    expect(() => codec.decode(frameOf({ payload: nested(65) }))).toThrow(tooDeep);
    expect(() => codec.decode(frameOf({ payload: nested(100_000) }))).toThrow(tooDeep);
    expect(() => codec.decode(frameOf({ ref: nested(65) }))).toThrow(tooDeep);
  });

  it("has another limit where that is given", () => {
    expect(codec.decode(frameOf({ payload: arrays(200) }), { maxDepth: 200 }).ref).toBe("2");
    expect(() => codec.decode(frameOf({ payload: arrays(3) + " ".repeat(99) }), { maxDepth: 2 })).toThrow(
      new DecodeError("frame is nested more than 2 levels deep"),
    );
  });

  it("is seen before the text is parsed, and whether or not it is JSON", () => {
    expect(() => codec.decode("[".repeat(1_000_000))).toThrow(tooDeep);
    expect(() => codec.decode(`"${"[".repeat(1_000_000)}`)).toThrow(new DecodeError("frame is not valid JSON"));
  });

  it("is not what stands in a string, nor what stands side by side", () => {
    const text = JSON.stringify(`${'[{\\"'.repeat(1_000)}\\`);
    const wide = `[${Array(1_000).fill('{"a":[]}').join(",")}]`;
    expect(codec.decode(frameOf({ payload: text })).payload).toBe(JSON.parse(text));
    expect(codec.decode(frameOf({ payload: wide })).payload).toHaveLength(1_000);
  });
});

it("nesting is counted as a parser nests", () => {
  const levelsOf = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 0;
    return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
  };
  const tricky = fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", "é"), maxLength: 12 });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "large", maxDepth: 9 },
      tricky,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(tricky, tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.nat(9), (data, levels) => {
      const json = JSON.stringify(data);
      expect(isDeeperThan(json + " ".repeat(2 * levels), levels)).toBe(levelsOf(data) > levels);
    }),
    SETTINGS,
  );
});

describe.each(versions)("%s: topic, event, ref and join_ref", (_version, codec, frameOf) => {
  const ofLength = (bytes: number): readonly string[] => [
    JSON.stringify("x".repeat(bytes - 2)),
    JSON.stringify("é".repeat(bytes / 2 - 1)),
    JSON.stringify("🎉".repeat(Math.floor((bytes - 2) / 4)) + "x".repeat((bytes - 2) % 4)),
    JSON.stringify("\n".repeat(bytes / 2 - 1)),
    JSON.stringify(["x".repeat(bytes - 4)]),
    JSON.stringify({ a: "x".repeat(bytes - 8) }),
  ];

  it.each(["topic", "event", "ref", "join_ref"])("%s has at most 1,024 bytes of JSON, of any type", (name) => {
    for (const json of ofLength(1_024)) {
      expect(Buffer.byteLength(json)).toBe(1_024);
      expect(codec.decode(frameOf({ [name]: json })).payload).toEqual({});
    }
    for (const json of ofLength(1_026)) {
      expect(() => codec.decode(frameOf({ [name]: json }))).toThrow(
        new DecodeError(`${name} is longer than 1024 bytes of JSON`),
      );
    }
  });
});

describe.each(versions)("%s: numbers", (_version, codec, frameOf) => {
  it.each(["1e400", "-1E+400", "1e999", "9".repeat(400), `${"9".repeat(400)}.5`])(
    "%s is larger than a number can be",
    (number) => {
      const refused = new DecodeError("frame has a number that is too large");
      expect(() => codec.decode(frameOf({ payload: `{"a":[${number}]}` }))).toThrow(refused);
      expect(() => codec.decode(frameOf({ ref: number }))).toThrow(refused);
    },
  );

  it.each(["1e300", "1e-400", `0.${"9".repeat(400)}`, "12345678901234567890", '"1e400"'])("%s is not", (number) => {
    expect(codec.decode(frameOf({ payload: `[${number}]` })).payload).toEqual(JSON.parse(`[${number}]`));
  });
});
