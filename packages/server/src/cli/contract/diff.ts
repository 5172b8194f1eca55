/** `wingbeat contract diff`: says what breaks between two contracts. Exits with 1 when something does. */
import { diffContracts, formatDiff } from "../../contract.ts";
import type { ContractDiff, Verdict, Waiver } from "../../contract.ts";
import { CommandError } from "../command-error.ts";
import type { Printed } from "../printed.ts";
import { choose, parse, readJson } from "./arguments.ts";

const OPTIONS = {
  format: { type: "string" },
  waivers: { type: "string" },
  verdict: { type: "string" },
  bump: { type: "boolean" },
} as const;

/** Throws `CommandError` and `WingbeatError`. */
export function diff(args: readonly string[], cwd: string): Printed {
  const { values, positionals } = parse(args, OPTIONS);
  const [before, after, ...more] = positionals;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new CommandError("contract diff takes two files: wingbeat contract diff old.json new.json");
  }
  const format = choose("--format", values.format, ["text", "json", "github", "md"]) ?? "text";
  const verdict = choose("--verdict", values.verdict, ["A", "B", "both"]) ?? "both";
  const waivers = values.waivers === undefined ? [] : waiversIn(values.waivers, cwd);
  const found = diffContracts(readJson(before, cwd), readJson(after, cwd), { waivers });
  const breaks = found.breaks.filter((one) => verdict === "both" || one === verdict);
  const isAllowed = values.bump === true && found.versions.isBreakingBump;
  return {
    text: formatDiff(found, format),
    notes: breaks.length === 0 ? "" : outcome(found, breaks, values.bump === true),
    exitCode: breaks.length === 0 || isAllowed ? 0 : 1,
  };
}

function outcome({ versions }: ContractDiff, breaks: readonly Verdict[], isBumpAllowed: boolean): string {
  const what = `The contract breaks clients (verdict ${breaks.join(" and ")})`;
  if (!isBumpAllowed) return `${what}.`;
  const step = `${versions.old} → ${versions.new}`;
  return versions.isBreakingBump
    ? `${what}, and its version says so: ${step}.`
    : `${what}, but its version does not say so: ${step}.`;
}

function waiversIn(path: string, cwd: string): readonly Waiver[] {
  const waivers = readJson(path, cwd);
  if (Array.isArray(waivers)) return waivers as Waiver[];
  throw new CommandError(
    `${path} is not a list of waivers: [{ "channel": "room:{id}", "reason": "…", "until": "2027-01-31" }]`,
  );
}
