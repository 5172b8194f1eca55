/** Checks of option objects: what is misspelt or out of range is refused at start, by name. */
import { WingbeatError } from "./errors.ts";

/** Throws `WB_OPTION` for a key that is not allowed: a misspelt option would otherwise be ignored. */
export function checkKeys(where: string, options: object, allowed: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!allowed.includes(key)) {
      throw new WingbeatError("WB_OPTION", `${where} has no option "${key}": it has ${allowed.join(", ")}.`);
    }
  }
}

/** Throws `WB_OPTION` for a value that is given and is no positive whole number. */
export function checkPositive(where: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value > 0)) return;
  throw new WingbeatError("WB_OPTION", `${where} is ${String(value)}: it must be a whole number above 0.`);
}

/** Throws `WB_OPTION` for a value that is given and is no number above 0. Infinity is one: no limit. */
export function checkRate(where: string, value: number | undefined): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw new WingbeatError("WB_OPTION", `${where} is ${String(value)}: it must be a number above 0, or Infinity.`);
}
