import { markdown, type Titles } from "../table.ts";
import type { Mode } from "./cases.ts";
import type { Measured } from "./measure.ts";

const MODES: Readonly<Record<`${Measured["server"]} ${Mode}`, string>> = {
  "wingbeat none": "no presence",
  "wingbeat everybody": "presence",
  "wingbeat count": "presence, `countOnly`",
  "socketio none": "rooms only",
  "socketio everybody": "`user joined` and a list of users",
  "socketio count": "",
};

const HEAD = [
  "users",
  "server",
  "",
  "messages sent",
  "sent in all",
  "sent per join",
  "state of the last",
  "CPU per join",
  "until all know all",
  "heap per user",
  "RAM per user",
];

/** The markdown table of a run. */
export function table(rows: readonly Measured[], titles: Titles): string {
  const cells = rows.map((row) => [
    row.users.toLocaleString("en"),
    titles[row.server],
    MODES[`${row.server} ${row.mode}`],
    row.frames.toLocaleString("en"),
    size(row.bytes),
    size(row.bytes / row.users),
    row.stateBytes === 0 ? "–" : size(row.stateBytes),
    time(row.cpuPerJoin),
    `${row.seconds.toFixed(1)} s`,
    size(row.heapPerUser),
    size(row.residentPerUser),
  ]);
  return markdown(HEAD, 3, cells);
}

/** What the table does not say by itself: what must be sent when all are told of all, and what one presence takes. */
export function remarks(rows: readonly Measured[]): string {
  const lines: string[] = [];
  for (const row of rows) {
    if (row.server !== "wingbeat" || row.mode !== "everybody") continue;
    const count = ({ mode }: Measured): boolean => mode === "count";
    const alike = rows.filter(({ server, users }) => server === row.server && users === row.users);
    const [none, counted] = [alike.find(({ mode }) => mode === "none"), alike.find(count)];
    const naive = (row.users * (row.users + 1)) / 2;
    const users = row.users.toLocaleString("en");
    lines.push(
      `- ${users} users: one message per join to all who are there, the joiner too, is N(N+1)/2 = ` +
        `${naive.toLocaleString("en")} messages, in Phoenix as in any server that tells of every join by itself. ` +
        `Wingbeat sent ${row.frames.toLocaleString("en")}, ${size(row.bytes)} with the states` +
        (counted ? `; with \`countOnly\` ${counted.frames.toLocaleString("en")}, ${size(counted.bytes)}.` : "."),
    );
    if (none === undefined) continue;
    lines.push(`- A presence takes ${size(row.heapPerUser - none.heapPerUser)} of heap (with ${users} users).`);
  }
  return lines.join("\n");
}

function size(bytes: number): string {
  if (Math.abs(bytes) >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (Math.abs(bytes) >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e3).toFixed(bytes < 100_000 ? 1 : 0)} kB`;
}

function time(microseconds: number): string {
  return microseconds < 10_000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}
