/** Breaking changes that somebody has accepted, for a while. */
import { WingbeatError } from "../../errors.ts";
import { isObject } from "../json-schema.ts";
import type { Finding } from "./finding.ts";

/** What it names must be equal; what it leaves out may be anything. */
export interface Waiver extends Partial<
  Pick<Finding, "verdict" | "rule" | "socket" | "channel" | "event" | "part" | "path">
> {
  /** Why nobody minds. */
  readonly reason: string;
  /** The last day on which it holds: `2027-01-31`. */
  readonly until: string;
}

const FIELDS = ["verdict", "rule", "socket", "channel", "event", "part", "path"] as const;

export interface Waived {
  readonly waiver: Waiver;
  readonly finding: Finding;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly waived: readonly Waived[];
  /** What is wrong with the waivers, as sentences. */
  readonly notes: readonly string[];
}

/** Takes findings out that a waiver names. Throws `WB_CONTRACT` for a waiver without reason or date. */
export function waive(all: readonly Finding[], waivers: readonly Waiver[], today: string): Judged {
  waivers.forEach(check);
  const waived: Waived[] = [];
  const findings = all.filter((finding) => {
    const waiver = waivers.find((one) => one.until >= today && names(one, finding));
    if (waiver !== undefined) waived.push({ waiver, finding });
    return waiver === undefined;
  });
  const notes = waivers.flatMap((waiver) => {
    const isNeeded = all.some((finding) => names(waiver, finding));
    if (!isNeeded) return [`a waiver names nothing any more, remove it: ${textOf(waiver)}`];
    return waiver.until < today ? [`a waiver has expired on ${waiver.until}: ${textOf(waiver)}`] : [];
  });
  return { findings, waived, notes };
}

const names = (waiver: Waiver, finding: Finding): boolean =>
  finding.level !== "warning" &&
  FIELDS.every((field) => waiver[field] === undefined || waiver[field] === finding[field]);

function check(waiver: unknown): void {
  const invalid = (problem: string) => new WingbeatError("WB_CONTRACT", `waiver ${JSON.stringify(waiver)} ${problem}.`);
  if (!isObject(waiver)) throw invalid("is not an object");
  const unknown = Object.keys(waiver).find((key) => ![...FIELDS, "reason", "until"].includes(key));
  if (unknown !== undefined) throw invalid(`has no field "${unknown}": it has ${FIELDS.join(", ")}, reason and until`);
  if (typeof waiver["reason"] !== "string" || waiver["reason"] === "") throw invalid("needs a reason");
  const { until } = waiver;
  const isDate = typeof until === "string" && /^\d{4}-\d\d-\d\d$/.test(until) && !Number.isNaN(Date.parse(until));
  if (!isDate) throw invalid('needs "until", its last day, as 2027-01-31');
  if (!FIELDS.some((field) => waiver[field] !== undefined)) throw invalid(`names nothing: say ${FIELDS.join(", ")}`);
}

function textOf(waiver: Waiver): string {
  return FIELDS.flatMap((field) => (waiver[field] === undefined ? [] : [`${field} ${waiver[field]}`])).join(", ");
}
