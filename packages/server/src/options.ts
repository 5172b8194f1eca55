/** Checks of option objects: unknown keys and values out of range are rejected at start, by name. */
import { WingbeatError } from "./errors.ts";

/** The longest delay of a Node timer, in ms: 24.8 days. Longer ones fire at once. */
export const MAX_DELAY = 2 ** 31 - 1;
/** The largest size or count accepted: larger ones overflow in a library below. */
const MAX_SIZE = 2 ** 31 - 1;

/** Throws `WB_OPTION` for a key that is not allowed: a misspelt option would otherwise be ignored. */
export function checkKeys(where: string, options: object, allowed: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      throw new WingbeatError("WB_OPTION", `${where} has no option "${key}": it has ${allowed.join(", ")}.`);
    }
  }
}

/** The options over their defaults; an option that is `undefined` counts as not given. */
export function withDefaults<Defaults extends object, Options extends object>(
  defaults: Defaults,
  options: Options,
): Defaults & Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as Defaults & Options;
}

interface Range {
  readonly unit: string;
  readonly max: number;
  readonly isWhole: boolean;
  /** What Infinity means, where it is allowed. */
  readonly infinity?: string;
}

/** The check for all numbers: `undefined` means the default, everything else must be in range. */
function checkRange(where: string, value: unknown, { unit, max, isWhole, infinity }: Range): void {
  if (value === undefined || (infinity !== undefined && value === Infinity)) return;
  if (typeof value === "number" && value > 0 && value <= max && (!isWhole || Number.isInteger(value))) return;
  const found = typeof value === "object" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
  const atMost = max === Number.MAX_VALUE ? "" : `, at most ${max}${unit}`;
  const or = infinity === undefined ? "" : `, or Infinity (${infinity})`;
  throw new WingbeatError(
    "WB_OPTION",
    `${where} is ${found}: it must be a ${isWhole ? "whole " : ""}number above 0${atMost}${or}.`,
  );
}

const COUNT: Range = { unit: "", max: MAX_SIZE, isWhole: true };
const LIMIT: Range = { unit: "", max: MAX_SIZE, isWhole: false, infinity: "no limit" };
const RATE: Range = { unit: "", max: Number.MAX_VALUE, isWhole: false, infinity: "no limit" };
const DURATION: Range = { unit: " ms", max: MAX_DELAY, isWhole: true };
const TIMEOUT: Range = { ...DURATION, infinity: "never" };

/** Throws `WB_OPTION` for a count or size in bytes that is set but not a whole number above 0. */
export const checkCount = (where: string, value: unknown): void => checkRange(where, value, COUNT);

/** The same for a limit that Infinity turns off. */
export const checkLimit = (where: string, value: unknown): void => checkRange(where, value, LIMIT);

/** Throws `WB_OPTION` for a rate per second that is set but not a number above 0. Infinity means no limit. */
export const checkRate = (where: string, value: unknown): void => checkRange(where, value, RATE);

/** Throws `WB_OPTION` for a duration in ms that is set but that a timer cannot wait. */
export const checkDuration = (where: string, value: unknown): void => checkRange(where, value, DURATION);

/** The same for a timeout: Infinity means never. */
export const checkTimeout = (where: string, value: unknown): void => checkRange(where, value, TIMEOUT);
