/** What happened, for people: of the runs and connections that a violation names. */
import type { Story, Violation } from "./story.ts";

export function show({ runs, wires }: Story, violations: readonly Violation[]): string {
  const lines: [at: number, text: string][] = [];
  const named = runs.filter(({ name }) => violations.some(({ text }) => text.startsWith(`${name}:`)));
  for (const { name, session, topic, since, steps } of named) {
    lines.push([-1, `${name} since ${JSON.stringify(since)}`]);
    for (const step of steps) lines.push([step.at, `  ${name} ${JSON.stringify(step)}`]);
    for (const wire of wires.filter((one) => one.name.startsWith(`${session}-`))) {
      for (const { at, from, message } of wire.messages) {
        if (message[2] === topic) lines.push([at, `${wire.name} ${from === "client" ? "->" : "<-"} ${shown(message)}`]);
      }
    }
  }
  // oxlint-disable-next-line unicorn/no-array-sort -- Node 18
  lines.sort(([a], [b]) => a - b);
  return lines.map(([at, text]) => `${at.toFixed(0).padStart(6)} ${text}\n`).join("");
}

const shown = (message: readonly unknown[]): string => JSON.stringify(message).replaceAll(/"padding":"x*"/g, "…");
