/**
 * Every recorded scenario, played against the reference application: nothing may differ but on purpose, and not a byte when
 * all channels have a history, of which these clients know nothing.
 */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { playScenario, readScenarios, type PlayOptions, type Scenario } from "../src/player.ts";
import { startReferenceApp } from "../src/reference-app.ts";
import { deliberate } from "./deliberate.ts";

const FILES = [
  "01_connect",
  "02_heartbeat",
  "03_join",
  "04_push_reply",
  "05_broadcast",
  "06_leave_stop_crash",
  "09_binary_v2",
  "11_longpoll",
];
const TIMEOUT_MS = 300_000;

const recorded = new Map(
  FILES.map((file) => [file, readScenarios(new URL(`../golden/${file}.json`, import.meta.url))] as const),
);

/** Plays on an application of its own: scenarios share topics, so they cannot share a server at the same time. */
async function play(scenario: Scenario, options?: PlayOptions, hasHistory = false): Promise<string[]> {
  const app = await startReferenceApp(0, hasHistory);
  try {
    return await playScenario(app.url, scenario, options);
  } finally {
    await app.close();
  }
}

/** The scenario as Wingbeat means to do it. */
function intended(scenario: Scenario): Scenario {
  const steps = deliberate[scenario.key]?.steps[scenario.vsn];
  return steps === undefined ? scenario : { ...scenario, courses: [steps] };
}

function title({ key, vsn }: Scenario): string {
  return `${key.replace("/", " ")} [${vsn}]`;
}

for (const [file, scenarios] of recorded) {
  describe.concurrent(file, () => {
    for (const scenario of scenarios) {
      it(title(scenario), async ({ expect }) => expect(await play(intended(scenario))).toEqual([]), TIMEOUT_MS);
    }
  });

  describe.concurrent(`${file}, with a history everywhere (I-11)`, () => {
    for (const scenario of scenarios) {
      it(
        title(scenario),
        async ({ expect }) => expect(await play(intended(scenario), undefined, true)).toEqual([]),
        TIMEOUT_MS,
      );
    }
  });
}

it.concurrent.each(["room:a", "plain:a", "presence:a", "bench:a"])("the history of %s is real", async (topic) => {
  const app = await startReferenceApp(0, true);
  const socket = new WebSocket(`${app.url.replace("http", "ws")}/socket/websocket?vsn=2.0.0`);
  try {
    await once(socket, "open");
    socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}, { v: 1, session: "k1ZrT0pW4u9bQm3cYx7hNg" }]));
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(data.toString())[4]).toMatchObject({ status: "ok", recovery: { offset: 0 } });
  } finally {
    socket.terminate();
    await app.close();
  }
});

describe.concurrent("deliberate differences are real", () => {
  const all = [...recorded.values()].flat();
  for (const [key, { steps }] of Object.entries(deliberate)) {
    const scenarios = all.filter((scenario) => scenario.key === key && scenario.vsn in steps);
    it(`${key} is recorded`, ({ expect }) => expect(scenarios).not.toEqual([]));
    for (const scenario of scenarios) {
      it(
        `${title(scenario)} differs from the recording`,
        async ({ expect }) => {
          const differences = await play(scenario, { patience: 300 });
          expect(differences).not.toEqual([]);
        },
        TIMEOUT_MS,
      );
    }
  }
});
