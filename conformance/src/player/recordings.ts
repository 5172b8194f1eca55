/** Reads golden files, and spells out the steps which they only describe. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { splitFrames } from "./frames.ts";
import type { RecordedStep, Recording, Scenario, Step } from "./steps.ts";

/** Request headers of raw handshakes: the recordings keep only path and query. */
const RAW_HEADERS: Record<string, Record<string, string>> = {
  handshake_headers: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" },
  subprotocol_unconfigured_raw: { "Sec-WebSocket-Protocol": "other.example" },
  auth_token_without_phoenix: { "Sec-WebSocket-Protocol": "base64url.bearer.phx.bGV0bWVpbg" },
};

const PUSH_HEAD = Buffer.from("000101060331" + "32" + Buffer.from("room:1bin").toString("hex"), "hex");

/** What a described step stands for, by its words. */
const IN_WORDS: Record<string, (client: string) => Step[]> = {
  'binary push "bin" with 100000 bytes of 07, ref "2"': (client) => [
    { client, sendBin: Buffer.concat([PUSH_HEAD, Buffer.alloc(100_000, 7)]).toString("hex") },
  ],
  // The recording keeps the last two of the 101 replies; the 99 before them are all alike.
  "sent 101 joins room:m1 … room:m101": () => [
    ...upTo(101).map((n) => ({ client: "A", send: `["${n}","${n}","room:m${n}","phx_join",{}]` })),
    ...upTo(99).map((n) => ({
      client: "A",
      recv: `["${n}","${n}","room:m${n}","phx_reply",{"response":{},"status":"ok"}]`,
    })),
  ],
};

/** Notes that are for people: nothing was sent or seen. */
const REMARKS = [
  "the second of the two broadcasts may come with the first or with the next poll",
  /^number of messages polled: /,
];

/** A body that the recording describes. */
const LARGE_BODY = '8 100 000 times "x"';

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** All scenarios of one golden file, ready to be played. */
export function readScenarios(file: URL): Scenario[] {
  const name = basename(file.pathname, ".json");
  const recordings = JSON.parse(readFileSync(file, "utf8")) as Recording[];
  return recordings.map((recording) => toScenario(`${name}/${recording.scenario}`, recording));
}

function toScenario(key: string, recording: Recording): Scenario {
  const spell = (steps: RecordedStep[]): Step[] => steps.flatMap((step) => spellOut(recording.scenario, step));
  const variants = (recording.variants ?? []).map(spell);
  return { key, vsn: recording.vsn, courses: [spell(recording.steps), ...variants] };
}

function spellOut(scenario: string, step: RecordedStep): Step[] {
  if ("note" in step) return inWords(step.note, "");
  if ("sendNote" in step) return inWords(step.sendNote, step.client);
  if ("rawConnect" in step) return [{ ...step, headers: RAW_HEADERS[scenario] ?? {} }];
  // How bytes are split over reads depends on the run; frames do not.
  if ("recvRaw" in step) {
    const { frames } = splitFrames(Buffer.from(step.recvRaw, "hex"));
    return frames.map((frame) => ({ client: step.client, recvRaw: frame.toString("hex") }));
  }
  if ("http" in step && step.http.body === LARGE_BODY) {
    return [{ ...step, http: { ...step.http, body: "x".repeat(8_100_000) } }];
  }
  return [step];
}

function inWords(words: string, client: string): Step[] {
  if (REMARKS.some((remark) => (typeof remark === "string" ? remark === words : remark.test(words)))) return [];
  const steps = IN_WORDS[words];
  if (steps === undefined) throw new Error(`nobody has spelled out the recorded note: ${words}`);
  return steps(client);
}
