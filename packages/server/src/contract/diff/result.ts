import type { Finding, Verdict } from "./finding.ts";
import type { Waived } from "./waivers.ts";

/** What a diff of two contracts says. */
export interface ContractDiff {
  readonly findings: readonly Finding[];
  readonly waived: readonly Waived[];
  /** Expired and needless waivers, as sentences. */
  readonly notes: readonly string[];
  /** The verdicts that have a breaking finding. */
  readonly breaks: readonly Verdict[];
  readonly versions: {
    readonly old: string;
    readonly new: string;
    /** The version says that something breaks: a new major version; before 1.0, a new minor one. */
    readonly isBreakingBump: boolean;
  };
}
