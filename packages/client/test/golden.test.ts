/**
 * What a Phoenix server said, played to the client by a fake server: frame by frame, what the client sends and whom it
 * calls. Within a step calls and frames may come in any order; the steps themselves are in order.
 */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Player } from "./golden-player.ts";
import type { Step } from "./golden-player.ts";

interface Recording {
  readonly scenario: string;
  readonly vsn: string;
  readonly steps: Step[];
  readonly variants?: Step[][];
}

const FILES = [
  "01_connect",
  "02_heartbeat",
  "03_join",
  "04_push_reply",
  "05_broadcast",
  "06_leave_stop_crash",
  "09_binary_v2",
];

/** Scenarios in which a client like ours has no part, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  custom_path_params: "the path is not <mount>/websocket",
  subprotocol_ok: "subprotocols of one's own",
  subprotocol_none_matches: "subprotocols of one's own",
  subprotocol_unconfigured: "subprotocols of one's own",
  auth_token_not_base64: "a token that is not base64",
  query_params_nested: "a query that is written otherwise",
  bad_percent_in_query: "a query that is not encoded",
  join_v2_both_null: "a join without a ref",
  duplicate_join_same_ref: "a ref that is used twice",
  ws_ping: "control frames",
  fragmented_text: "fragments",
};
const RAW = ["rawConnect", "http"];

/** Events and topics for which the client has to be driven, else nothing is proven. */
const read = (file: string): Recording[] =>
  (
    JSON.parse(
      readFileSync(new URL(`../../../conformance/golden/${file}.json`, import.meta.url), "utf8"),
    ) as Recording[]
  ).filter(
    ({ scenario, vsn, steps }) =>
      vsn === "2.0.0" && !(scenario in LEFT_OUT) && !RAW.some((name) => steps.some((step) => name in step)),
  );

const eventOf = ({ recv, recvBin }: Step): string[] => {
  if (recv !== undefined) return [(JSON.parse(recv) as string[])[3] ?? ""];
  if (recvBin === undefined) return [];
  const bytes = Buffer.from(recvBin, "hex");
  const lengths = { 0: 3, 2: 2 }[bytes[0] as number] ?? 0;
  const before = [...bytes.subarray(1, lengths)].reduce((sum, length) => sum + length, 1 + lengths);
  return lengths === 0 ? [] : [bytes.subarray(before, before + (bytes[lengths] as number)).toString()];
};

let steps = 0;
let frames = 0;

async function play(course: readonly Step[]): Promise<void> {
  const events = new Set(course.flatMap(eventOf));
  const players = new Map<string, Player>();
  for (const step of course) {
    if (step.client === undefined || step.connect?.includes("vsn=1") === true) continue;
    if (step.connect !== undefined) players.set(step.client, new Player(step, events));
    const player = players.get(step.client);
    player?.play(step);
    // Closing handshakes of the fake take a microtask.
    await vi.advanceTimersByTimeAsync(0);
    steps++;
    const sorted = (log: unknown[] = []) => log.map((entry) => JSON.stringify(entry)).sort();
    expect(sorted(player?.seen), JSON.stringify(step)).toEqual(sorted(player?.expected));
    frames += player?.seen.filter((entry) => Array.isArray(entry) && entry[0] === "sent").length ?? 0;
    player?.seen.splice(0);
    player?.expected.splice(0);
  }
  for (const player of players.values()) player.end();
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe.each(FILES)("%s", (file) => {
  it.each(read(file).map((recording) => [recording.scenario, recording] as const))("%s", async (_name, recording) => {
    for (const course of [recording.steps, ...(recording.variants ?? [])]) await play(course);
  });
});

it("drives the client through most of what was recorded", () => {
  expect(frames).toBeGreaterThan(300);
  expect(steps).toBeGreaterThan(900);
});
