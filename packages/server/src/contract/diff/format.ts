/** A diff as text for a terminal, annotations of GitHub, or Markdown for a comment. */
import type { ContractDiff } from "./result.ts";
import { VERDICTS } from "./finding.ts";
import type { Finding, Level, Verdict } from "./finding.ts";

export const FORMATS = ["text", "json", "github", "md"] as const;
export type Format = (typeof FORMATS)[number];

export function formatDiff(diff: ContractDiff, format: Format): string {
  if (format === "json") return JSON.stringify(diff, null, 2);
  if (format === "github") return github(diff);
  return format === "md" ? markdown(diff) : text(diff);
}

const TITLES: Readonly<Record<Verdict, string>> = {
  A: "A. Old clients with the new server",
  B: "B. New clients with the old server",
};
const LEVELS: readonly Level[] = ["breaking", "warning", "addition"];
const MARKS: Readonly<Record<Level, string>> = { breaking: "✗", warning: "?", addition: "+" };

const of = ({ findings }: ContractDiff, verdict: Verdict, level: Level): Finding[] =>
  findings.filter((finding) => finding.verdict === verdict && finding.level === level);

/** `2 breaking, 1 warning`. */
function summary(diff: ContractDiff, verdict: Verdict): string {
  const counts = LEVELS.map((level) => [of(diff, verdict, level).length, level] as const).filter(
    ([count]) => count > 0,
  );
  if (counts.length === 0) return "nothing breaks";
  return counts.map(([count, level]) => `${count} ${level}${count > 1 && level !== "breaking" ? "s" : ""}`).join(", ");
}

/** `room:{id} › new_msg › payload $.body`. */
export function placeOf({ socket, channel, event, part, path }: Finding): string {
  const isNamed = part === "socket" || part === "channel";
  const last = isNamed ? [] : [path === "$" ? part : `${part} ${path}`];
  return [channel ?? socket, ...(event === undefined ? [] : [event]), ...last].join(" › ");
}

function text(diff: ContractDiff): string {
  const parts = VERDICTS.map((verdict) => {
    const lines = LEVELS.flatMap((level) => of(diff, verdict, level)).flatMap((finding) => [
      `  ${MARKS[finding.level]} ${placeOf(finding)}`,
      `    ${finding.clients}: ${finding.message} [${finding.rule}]`,
    ]);
    return [`${TITLES[verdict]}: ${summary(diff, verdict)}`, ...lines].join("\n");
  });
  const waived = diff.waived.map(
    ({ waiver, finding }) => `  waived until ${waiver.until}: ${placeOf(finding)} (${waiver.reason})`,
  );
  const notes = diff.notes.map((note) => `  note: ${note}`);
  return [...parts, ...[waived, notes].filter((lines) => lines.length > 0).map((lines) => lines.join("\n"))].join(
    "\n\n",
  );
}

function github(diff: ContractDiff): string {
  const commands: Readonly<Record<Level, string>> = { breaking: "error", warning: "warning", addition: "notice" };
  const lines = diff.findings.map(
    (finding) =>
      `::${commands[finding.level]} title=${escapeProperty(`${finding.verdict}: ${placeOf(finding)}`)}::` +
      escapeData(`${finding.clients}: ${finding.message} [${finding.rule}]`),
  );
  const notes = diff.notes.map((note) => `::warning title=Contract waivers::${escapeData(note)}`);
  return [...lines, ...notes, ...VERDICTS.map((verdict) => `${TITLES[verdict]}: ${summary(diff, verdict)}`)].join("\n");
}

/** As GitHub's own toolkit does: names of topics and events may have any character. */
const escapeData = (value: string): string =>
  value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (value: string): string => escapeData(value).replaceAll(":", "%3A").replaceAll(",", "%2C");

function markdown(diff: ContractDiff): string {
  const parts = VERDICTS.map((verdict) => {
    const rows = LEVELS.flatMap((level) => of(diff, verdict, level)).map(
      ({ level, clients, message, rule, ...finding }) =>
        `| ${level} | ${cell(placeOf({ level, clients, message, rule, ...finding }))} | ${plain(clients)} | ${plain(message)} (${rule}) |`,
    );
    const table = rows.length > 0 ? ["", "| | where | who | why |", "| --- | --- | --- | --- |", ...rows] : [];
    return [`### ${TITLES[verdict]}: ${summary(diff, verdict)}`, ...table].join("\n");
  });
  const waived = diff.waived.map(
    ({ waiver, finding }) => `- Waived until ${waiver.until}: ${cell(placeOf(finding))}, ${plain(waiver.reason)}`,
  );
  const notes = diff.notes.map((note) => `- Note: ${plain(note)}`);
  const rest = [...waived, ...notes];
  return [...parts, ...(rest.length > 0 ? [rest.join("\n")] : [])].join("\n\n");
}

const plain = (value: string): string => value.replaceAll(/[\\`*_{}[\]<>|]/g, "\\$&").replaceAll(/\s+/g, " ");
const cell = (value: string): string =>
  `\`${value.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll(/\s+/g, " ")}\``;
