/** JSON as text, of any shape that a parser takes, and of some that it does not. */
import { FORGERY } from "../log-watch.ts";
import type { Random } from "../random.ts";

const DEPTHS = [3, 30, 63, 64, 65, 66, 300, 1_100, 8_000];

const nested = (depth: number, open: string, close: string, core: string): string =>
  open.repeat(depth) + core + close.repeat(depth);

const ODD: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "1.5",
  "1e999",
  "-1e999",
  "1e-999",
  "9007199254740993",
  "123456789012345678901234567890",
  '""',
  '"1"',
  '"phoenix"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  String.raw`"\ud800"`,
  String.raw`"\udc00\ud800"`,
  String.raw`"\u0000"`,
  String.raw`"\r\nset-cookie: forged=1"`,
  `"line\\n${FORGERY}\\u001b[31mred\\u001b[0m\\u0007\\u2028${FORGERY}"`,
  `"\u2028\u2029\ufeff\u200f"`,
  '"<script>alert(1)</script>"',
  "[]",
  "{}",
  "[null]",
  "[[]]",
  "[{},{},{}]",
  '{"toString":1}',
  '{"toString":null,"valueOf":null}',
  '{"toJSON":1}',
  '{"then":1}',
  '{"length":-1}',
  '{"__proto__":{"polluted":1}}',
  '{"__proto__":null}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"a":1,"a":2}',
  '{"":{"":{"":""}}}',
  '{"status":"ok","response":{}}',
  '{"reason":"normal"}',
  `{"reason":"\\n${FORGERY}"}`,
  '{"topic":"relay:1"}',
  '{"topic":null}',
  '{"ms":-1}',
  '{"ms":1e999}',
  '{"ms":0}',
  '{"key":"a"}',
  '{"key":{}}',
  '{"key":"__proto__","phx_ref":"x"}',
  '{"crash":true}',
  '{"refuse":1}',
  '{"text":"hello","tags":["a"]}',
  '{"text":1}',
  '{"metas":[]}',
];

/** Any JSON, from a value of one character to some kilobytes. */
export function anyJson(random: Random): string {
  const kind = random.int(100);
  if (kind < 91) return random.pick(ODD);
  if (kind < 93) return `"${"x".repeat(random.pick([250, 255, 256, 1_022, 1_023, 1_024, 5_000]))}"`;
  if (kind < 94) return `"${"\u{1f600}".repeat(random.pick([60, 64, 255, 300]))}"`;
  if (kind < 96) return composed(random, 4);
  if (kind < 97) return `[${"{},".repeat(random.int(2_000))}{}]`;
  const depth = random.pick(DEPTHS);
  if (kind < 98) return nested(depth, "[", "]", "");
  if (kind < 99 || random.chance(0.7)) return nested(depth, '{"a":', "}", "1");
  return nested(depth, "[", "", "");
}

/** An object or array of other values. */
function composed(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.4)) return random.pick(ODD);
  const items = Array.from({ length: random.int(5) }, () => composed(random, depth - 1));
  if (random.chance(0.4)) return `[${items.join(",")}]`;
  return `{${items.map((item, index) => `"${random.pick(["a", "text", "__proto__", "status", "phx_ref"])}${index}":${item}`).join(",")}}`;
}

const PIECES = ["", "\\", '"', "[", "]", "{", "}", "\\ud800", "é", "\u0000", ",,", ":", "1e", "-", "\ufeff", "\n", "'"];

/** The text with one place damaged: something is put in, taken out or put in its place. */
export function damaged(random: Random, text: string): string {
  const at = random.int(text.length + 1);
  return text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.int(3));
}
