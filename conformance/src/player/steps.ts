/** The shape of a recorded scenario. `golden/README.md` says what each step means. */

/** An HTTP answer as recorded: header names and values in wire order, body as text. */
export interface HttpAnswer {
  status: number;
  headers?: [name: string, value: string][];
  body: string;
}

export interface HttpRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Something the player does. Binary data is in hex. */
export type Action =
  | { client: string; connect: string; headers?: Record<string, string>; protocols?: string[] }
  | { client: string; send: string }
  | { client: string; sendBin: string }
  | { client: string; sendPing: string }
  | { client: string; clientClose: { code?: number; reason?: string } }
  | { client: string; rawConnect: string; headers?: Record<string, string> }
  | { client: string; sendRaw: string }
  | { client: string; clientTcp: "end" }
  | { client: string; http: HttpRequest }
  | { client: string; stillOpenAfterMs: number }
  | { admin: string }
  | { quiet: number }
  | { wait: number };

/** Something a client sees, in the order in which that client sees it. */
export type Sight =
  | { client: string; open: true; protocol?: string }
  | { client: string; refused: HttpAnswer }
  | { client: string; error: string }
  | { client: string; recv: string }
  | { client: string; recvVerbatim: string }
  | { client: string; recvBin: string }
  | { client: string; recvBinHead: string; totalBytes: number }
  | { client: string; recvPong: string }
  | { client: string; close: { code: number; reason: string } }
  | { client: string; handshake: string[] }
  | { client: string; recvRaw: string }
  | { client: string; tcp: "FIN from server" | "closed" }
  | { client: string; response: HttpAnswer };

export type Step = Action | Sight;

/** Steps that say in words what went over the wire; `recordings.ts` spells them out. */
export type RecordedStep = Step | { client: string; sendNote: string } | { note: string };

/** One scenario as it stands in a golden file. */
export interface Recording {
  server: string;
  scenario: string;
  vsn: string;
  note: string;
  steps: RecordedStep[];
  /** Set when the recorded server answered differently from run to run. */
  racy?: "order" | "content";
  /** The other step lists seen, when racy. */
  variants?: RecordedStep[][];
}

/** A scenario that can be played: each list is one accepted course of events. They begin alike. */
export interface Scenario {
  /** "03_join/duplicate_join" */
  key: string;
  vsn: string;
  courses: [Step[], ...Step[][]];
}

const SIGHTS = [
  "open",
  "refused",
  "error",
  "recv",
  "recvVerbatim",
  "recvBin",
  "recvBinHead",
  "recvPong",
  "close",
  "handshake",
  "recvRaw",
  "tcp",
  "response",
];

/** Whether the step is something to wait for; the others are things to do. */
export function isSight(step: Step): step is Sight {
  return SIGHTS.some((name) => name in step);
}

/** One line for a person. */
export function describe(step: Step): string {
  const { client = "", ...rest } = step as { client?: string } & Record<string, unknown>;
  const words = Object.entries(rest).map(([name, value]) => `${name} ${shorten(value)}`);
  return `${client} ${words.join(" ")}`.trim();
}

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text;
}
