/** The player against a server that acts out a script: it must see what differs, and nothing else. */
import { describe, expect, it } from "vitest";
import { differenceOf } from "../src/player/compare.ts";
import { Tokens } from "../src/player/tokens.ts";
import { playScenario, readScenarios, type Scenario, type Step } from "../src/player.ts";
import { ScriptedServer } from "./scripted-server.ts";

/** Plays a scenario against a server that does `acted`. */
async function differences(scenario: Scenario, acted: Step[], patience = 60_000): Promise<string[]> {
  const server = await ScriptedServer.start(acted);
  try {
    return await playScenario(server.url, scenario, { patience });
  } finally {
    server.close();
  }
}

function recorded(file: string, name: string, vsn = "2.0.0"): Scenario {
  const all = readScenarios(new URL(`../golden/${file}.json`, import.meta.url));
  const found = all.find((scenario) => scenario.key === `${file}/${name}` && scenario.vsn === vsn);
  if (found === undefined) throw new Error(`no scenario ${file}/${name} [${vsn}]`);
  return found;
}

function scenario(...steps: Step[]): Scenario {
  return { key: "made/up", vsn: "2.0.0", courses: [steps] };
}

const connect: Step = { client: "A", connect: "/socket/websocket" };
const open: Step = { client: "A", open: true };
const send: Step = { client: "A", send: "[]" };
const recv = (text: string): Step => ({ client: "A", recv: text });

describe("the player finds no difference", () => {
  it.each([
    ["02_heartbeat", "heartbeat_variants", "1.0.0"],
    ["01_connect", "vsn_1.0.7", "1.0.7"],
    ["01_connect", "origin_refused", "2.0.0"],
    ["03_join", "max_channels_default_100", "2.0.0"],
    ["04_push_reply", "push_wrong_join_ref", "2.0.0"],
    ["05_broadcast", "intercept", "2.0.0"],
    ["09_binary_v2", "binary_broadcast", "2.0.0"],
  ])("where a server does as in %s %s [%s]", async (file, name, vsn) => {
    const played = recorded(file, name, vsn);
    expect(await differences(played, played.courses[0])).toEqual([]);
  });

  it.each([0, 1])("where a server takes course %i of a racy scenario", async (course) => {
    const played = recorded("06_leave_stop_crash", "crash_pipelined");
    expect(await differences(played, played.courses[course] ?? [])).toEqual([]);
  });

  it("in the order of keys, nor in the port of a uri", () => {
    const was = '{"a":{"uri":{"scheme":"http","host":"127.0.0.1","port":4100}},"b":[1,"é"]}';
    const is = '{"b":[1,"\\u00e9"],"a":{"uri":{"port":5999,"host":"127.0.0.1","scheme":"http"}}}';
    expect(differenceOf({ client: "A", recv: was }, { client: "A", recv: is }, 5999)).toBeUndefined();
    expect(differenceOf({ client: "A", recv: was }, { client: "A", recv: is }, 5998)).toBeDefined();
  });
});

describe("the player finds", () => {
  const text = scenario(connect, open, send, recv("[1]"), recv("[2]"));

  it("another payload", async () => {
    const found = await differences(text, [connect, open, send, recv("[7]"), recv("[2]")]);
    expect(found).toEqual(["step 4: expected A recv [1], got A recv [7]"]);
  });

  it("another order", async () => {
    expect(await differences(text, [connect, open, send, recv("[2]"), recv("[1]")])).toHaveLength(2);
  });

  it("a missing frame", async () => {
    const found = await differences(text, [connect, open, send, recv("[1]")], 500);
    expect(found).toEqual(["step 5: expected A recv [2], got nothing within 500 ms"]);
  });

  it("a frame after the end", async () => {
    const found = await differences(text, [connect, open, send, recv("[1]"), recv("[2]"), recv("[3]")]);
    expect(found).toEqual(["step 6: nothing expected after the last step, got A recv [3]"]);
  });

  it("a frame in a quiet time", async () => {
    const found = await differences(scenario(connect, open, { quiet: 50 }), [connect, open, recv("[1]")]);
    expect(found).toEqual(["step 3: nothing expected in a quiet time, got A recv [1]"]);
  });

  it("other bytes, and text in place of bytes", async () => {
    const bytes: Step = { client: "A", recvBin: "00ff" };
    const played = scenario(connect, open, bytes);
    expect(await differences(played, [connect, open, { client: "A", recvBin: "00fe" }])).toHaveLength(1);
    expect(await differences(played, [connect, open, recv("00ff")])).toHaveLength(1);
  });

  it("another close code", async () => {
    const close = (code: number): Step => ({ client: "A", close: { code, reason: "" } });
    const found = await differences(scenario(connect, open, close(1011)), [connect, open, close(1009)]);
    expect(found).toEqual([
      'step 3: expected A close {"code":1011,"reason":""}, got A close {"code":1009,"reason":""}',
    ]);
  });

  it("another status, another body of the application, and an opening in place of a refusal", async () => {
    const refused = (status: number, body: string): Step => ({ client: "A", refused: { status, body } });
    const played = scenario(connect, refused(429, "Too many requests"));
    expect(await differences(played, [connect, refused(403, "Too many requests")])).toHaveLength(1);
    expect(await differences(played, [connect, refused(429, "no")])).toHaveLength(1);
    expect(await differences(played, [connect, open])).toHaveLength(1);
  });

  it("another subprotocol", async () => {
    const played = recorded("01_connect", "subprotocol_ok");
    // the script takes the first one that is offered
    expect(await differences(played, played.courses[0])).toEqual([
      "step 2: expected A open true protocol v9.example, got A open true protocol other.example",
    ]);
  });

  it("a course that a racy scenario does not have", async () => {
    const played = recorded("06_leave_stop_crash", "crash_pipelined");
    const [first] = played.courses;
    expect(await differences(played, first.slice(0, -1), 500)).toHaveLength(1);
  });
});

describe("long polling", () => {
  const headers = (cache = "no-store"): [string, string][] => [
    ["cache-control", cache],
    ["access-control-allow-origin", "*"],
    ["content-type", "application/json; charset=utf-8"],
  ];
  const response = (body: object, status = 200, cache?: string): Extract<Step, { response: unknown }> => ({
    client: "A",
    response: { status, headers: headers(cache), body: JSON.stringify(body) },
  });
  const token = (name: string): string => `SFMyNTY.${name}.signature`;
  const polled = (...messages: string[]) => response({ status: 200, token: token("a"), messages });

  it("compares messages as JSON, and what is no JSON as text", () => {
    const recorded = polled('["1",{"a":1,"b":2}]', "\u0001bytes");
    expect(differenceOf(recorded, polled('["1", {"b":2,"a":1}]', "\u0001bytes"), 1)).toBeUndefined();
    expect(differenceOf(recorded, polled('["1",{"a":1,"b":3}]', "\u0001bytes"), 1)).toBeDefined();
    expect(differenceOf(recorded, polled('["1",{"a":1,"b":2}]', "\u0002bytes"), 1)).toBeDefined();
    expect(differenceOf(recorded, polled('["1",{"a":1,"b":2}]'), 1)).toBeDefined();
  });

  it("compares both statuses, and the headers that a page or a cache goes by", () => {
    const recorded = response({ status: 410 });
    expect(differenceOf(recorded, response({ status: 410 }), 1)).toBeUndefined();
    expect(differenceOf(recorded, response({ status: 408 }), 1)).toBeDefined();
    expect(differenceOf(recorded, response({ status: 410 }, 410), 1)).toBeDefined();
    expect(differenceOf(recorded, response({ status: 410 }, 200, "max-age=9"), 1)).toBeDefined();
  });

  it("takes the server's token for the recorded one, but not one token for two sessions", () => {
    const tokens = new Tokens();
    const learn = (recorded: string, seen: string): void =>
      tokens.learn(response({ token: recorded }).response, response({ token: seen }).response);
    learn(token("recorded1"), token("ours1"));
    learn(token("recorded1"), token("ours9"));
    learn(token("recorded2"), token("ours1"));
    learn(token("recorded3"), token("ours3"));
    const path = `/longpoll?token=${token("recorded1")}`;
    const http = tokens.request({ method: "GET", path, headers: { "x-token": token("recorded3") } });
    expect(http).toMatchObject({ path: `/longpoll?token=${token("ours1")}`, headers: { "x-token": token("ours3") } });
    expect(tokens.translate(token("recorded2"))).toBe(token("recorded2"));
  });
});
