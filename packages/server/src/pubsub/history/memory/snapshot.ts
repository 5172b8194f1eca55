/**
 * The logs of all topics as text, for the time between two runs of a process: one line of JSON for each topic, then one for
 * each of its entries.
 */
import type { Body, Stored } from "../store.ts";
import { MemoryLog } from "./log.ts";

/** The first line. Other versions will have other numbers. */
const FIRST = '{"wingbeat-history":1}';

export function writeSnapshot(logs: ReadonlyMap<string, MemoryLog>): string {
  const lines = [FIRST];
  for (const [topic, { lineage, tag, head, entries }] of logs) {
    lines.push(JSON.stringify([topic, lineage, tag, head.top, entries.length]));
    for (const { at, event, body, from } of entries) lines.push(JSON.stringify([at, event, from, ...written(body)]));
  }
  return `${lines.join("\n")}\n`;
}

/** Throws for anything but a whole snapshot. */
export function readSnapshot(text: string): Map<string, MemoryLog> {
  const lines = text.split("\n");
  if (lines[0] !== FIRST || lines.at(-1) !== "") throw new Error("the file is not a history, or was cut off");
  const logs = new Map<string, MemoryLog>();
  let line = 1;
  while (line < lines.length - 1) {
    const [topic, lineage, tag, top, count] = JSON.parse(lines[line++] as string) as [
      string,
      string,
      string,
      number,
      number,
    ];
    const log = new MemoryLog(lineage, tag, top);
    for (let offset = top - count + 1; offset <= top; offset++) {
      log.add(readEntry(lines[line++] as string, { topic, lineage, tag, offset }));
    }
    logs.set(topic, log);
  }
  return logs;
}

function readEntry(line: string, place: Pick<Stored, "topic" | "lineage" | "tag" | "offset">): Stored {
  const [at, event, from, text, isBytes] = JSON.parse(line) as [number, string, string, string, 1?];
  const body = isBytes === 1 ? new Uint8Array(Buffer.from(text, "base64")) : text;
  // Their producer has ended with the process.
  return { ...place, at, event, body, from, producer: "", seq: 0 };
}

const written = (body: Body): [string, 1?] =>
  typeof body === "string" ? [body] : [Buffer.from(body).toString("base64"), 1];
