/** Checks of option objects: what is misspelt or out of range is refused at start, by name. */
import { WingbeatError } from "./errors.ts";

/** The longest time that a timer of Node can wait, in ms: 24.8 days. It fires at once for anything longer. */
export const MAX_DELAY = 2 ** 31 - 1;
/** The largest size or number that is taken: what is larger overflows in a library below. */
const MAX_SIZE = 2 ** 31 - 1;

/** Throws `WB_OPTION` for a key that is not allowed: a misspelt option would otherwise be ignored. */
export function checkKeys(where: string, options: object, allowed: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      throw new WingbeatError("WB_OPTION", `${where} has no option "${key}": it has ${allowed.join(", ")}.`);
    }
  }
}

/** The defaults with the options that are given; one that is given as `undefined` is not given. */
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
  /** What Infinity means, where it is taken. */
  readonly infinity?: string;
}

/** The one check of all numbers: `undefined` stands for the default, everything else must be in range. */
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

/** Throws `WB_OPTION` for a number of things, or a size in bytes, that is given and is not a whole number above 0. */
export const checkCount = (where: string, value: unknown): void => checkRange(where, value, COUNT);

/** The same for a limit that can be switched off with Infinity. */
export const checkLimit = (where: string, value: unknown): void => checkRange(where, value, LIMIT);

/** Throws `WB_OPTION` for a rate per second that is given and is not a number above 0. Infinity means no limit. */
export const checkRate = (where: string, value: unknown): void => checkRange(where, value, RATE);

/** Throws `WB_OPTION` for a time in ms that is given and that a timer cannot wait. */
export const checkDuration = (where: string, value: unknown): void => checkRange(where, value, DURATION);

/** The same for a time after which something is given up: Infinity means never. */
export const checkTimeout = (where: string, value: unknown): void => checkRange(where, value, TIMEOUT);
