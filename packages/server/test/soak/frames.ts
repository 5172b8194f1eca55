/**
 * Random and mutated frames, seeded: valid messages of all kinds, messages with one part wrong, JSON that is no
 * message, text that is no JSON, bytes that are no frame. What a hostile or broken client may send.
 */
import fc from "fast-check";

/** A text frame or a binary one. */
export type AnyFrame = string | Uint8Array;

const ref = fc.constantFrom<unknown>("1", "2", "3", "", null, 1, 1.5, true, [], {}, "9".repeat(300));
const topic = fc.constantFrom<unknown>(
  "room:1",
  "room:2",
  "room:closed",
  "room:broken",
  "room:",
  "room",
  "phoenix",
  "nowhere",
  "",
  "__proto__",
  null,
  7,
  {},
  ["room:1"],
  "room:ü",
  `room:${"x".repeat(300)}`,
  "room:\u0000",
);
const event = fc.constantFrom<unknown>(
  "phx_join",
  "phx_join",
  "phx_leave",
  "heartbeat",
  "echo",
  "fail",
  "silent",
  "count",
  "push",
  "shout",
  "others",
  "crash",
  "stop",
  "reaction:x",
  "phx_reply",
  "phx_close",
  "phx_error",
  "disconnect",
  "constructor",
  "",
  null,
  3,
  [],
  {},
);
const payload = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>({}, { reason: "normal" }, { reason: "boom" }, null, [], 1, "text", true),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const message = fc.tuple(ref, ref, topic, event, payload);
/** What a well-behaved client on "room:1" sends. */
const good = fc.tuple(
  fc.constant("1"),
  fc.constantFrom("4", "5"),
  fc.constant("room:1"),
  fc.constantFrom("echo", "count", "shout", "push", "three_then_reply"),
  fc.constantFrom({}, { n: 1 }, { reason: "shutdown" }),
);
const json = (value: unknown): string => JSON.stringify(value);

/** A message whose text has been damaged at one place. */
const mutated = fc
  .tuple(fc.oneof(good, message), fc.nat(), fc.constantFrom("", "\\", '"', "[", "]", "\\ud800", "é", "\u0000", ",,"))
  .map(([value, place, piece]) => {
    const text = json(value);
    const at = place % (text.length + 1);
    return text.slice(0, at) + piece + text.slice(at + (place % 3));
  });

const short = fc.string({ maxLength: 6 });
/** The layout of a client's push: kind, four lengths, four strings, payload. Lengths may lie. */
const binary = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 255),
    fc.constantFrom("1", "", "2"),
    short,
    fc.constantFrom("room:1", "room:2", "nowhere", "phoenix", ""),
    fc.constantFrom("echo", "push", "shout", "heartbeat", "phx_join", "phx_leave", ""),
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(0, 0, 0, 1, 7, 255),
  )
  .map(([kind, joinRef, ref_, topic_, event_, bytes, lie]) => {
    const strings = [joinRef, ref_, topic_, event_].map((text) => Buffer.from(text));
    const lengths = strings.map((string, index) => (string.length + (index === 2 ? lie : 0)) & 0xff);
    return Buffer.concat([Buffer.from([kind, ...lengths]), ...strings, bytes]);
  });

const v1 = fc.record({ topic, event, payload, ref, join_ref: ref }, { requiredKeys: ["topic", "event", "payload"] });

export const anyFrame: fc.Arbitrary<AnyFrame> = fc.oneof(
  { weight: 30, arbitrary: good.map(json) },
  { weight: 60, arbitrary: message.map(json) },
  { weight: 5, arbitrary: mutated },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: "binary" }) },
  { weight: 8, arbitrary: binary },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 3, arbitrary: v1.map(json) },
  // Deep nesting must not exhaust the stack, neither in reading nor in writing the answer.
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(500, 5_000, 50_000)
      .map((depth) => `["1","4","room:1","echo",${"[".repeat(depth)}${"]".repeat(depth)}]`),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(500, 50_000)
      .map((depth) => `["1",${"[".repeat(depth)}${"]".repeat(depth)},"nowhere","echo",{}]`),
  },
);

/** So many frames, always the same for a seed. */
export function framesOf(seed: number, count: number): AnyFrame[] {
  return fc.sample(anyFrame, { seed, numRuns: count });
}
