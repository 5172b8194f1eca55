/** What breaks between two versions of a contract, for old clients and for new ones. */
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";
import { VERDICTS } from "./diff/finding.ts";
import type { Finding } from "./diff/finding.ts";
import { meet } from "./diff/meet.ts";
import type { ContractDiff } from "./diff/result.ts";
import { isBreakingBump } from "./diff/version.ts";
import { waive } from "./diff/waivers.ts";
import type { Waiver } from "./diff/waivers.ts";
import type { Contract } from "./model.ts";
import { readContract } from "./read.ts";

export interface DiffOptions {
  /** Breaking changes that are accepted for a while. Default none. */
  readonly waivers?: readonly Waiver[];
  /** The day for the waivers, as `2027-01-31`. Default today. */
  readonly today?: string;
}

/** A schema may refer to itself below a field, but not at once: `{ "anyOf": [{ "$ref": "…itself" }] }` has no end. */
function compare(old: Contract, next: Contract): readonly Finding[] {
  try {
    return [...meet(old, next, "A"), ...meet(next, old, "B")];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new WingbeatError(
      "WB_CONTRACT",
      "a schema refers to itself without a field in between, so it has no end. Write both documents again with wingbeat contract.",
    );
  }
}

/**
 * Compares two documents of `contractOf`, as objects. Throws `WB_CONTRACT` for other documents.
 *
 * @example
 * const { breaks, findings } = diffContracts(JSON.parse(before), document);
 */
export function diffContracts(before: unknown, after: unknown, options: DiffOptions = {}): ContractDiff {
  checkKeys("diffContracts", options, ["waivers", "today"]);
  const [old, next] = [readContract(before, "the old contract"), readContract(after, "the new contract")];
  const all = compare(old, next);
  const { findings, waived, notes } = waive(
    all,
    options.waivers ?? [],
    options.today ?? new Date().toISOString().slice(0, 10),
  );
  return {
    findings,
    waived,
    notes,
    breaks: VERDICTS.filter((verdict) => findings.some((one) => one.verdict === verdict && one.level === "breaking")),
    versions: { old: old.version, new: next.version, isBreakingBump: isBreakingBump(old.version, next.version) },
  };
}
