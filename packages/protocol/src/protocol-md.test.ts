/**
 * Keeps PROTOCOL.md true: its examples go through the codecs in both directions, and its tables name all that the
 * sources name.
 *
 * Blocks marked `frame` hold one text frame per line, behind `→` (client to server) or `←`. Blocks marked `hex` hold
 * a binary frame per line and below it, behind `=`, the message as an array, with bytes as `<00 01>`. Blocks marked
 * `refused v1` or `refused v2` hold a client's frame and below it, behind `✗`, why it cannot be decoded.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CloseCode } from "./close-code.ts";
import type { ClientCodec, FrameData, ServerCodec } from "./codec.ts";
import { DecodeError } from "./errors.ts";
import * as names from "./message.ts";
import type { Message } from "./message.ts";
import { withPushes, withPushState } from "./pushes.ts";
import type { JoinPushes, PushState } from "./pushes.ts";
import { withPosition, withRecovery } from "./recovery.ts";
import type { JoinRecovery, RecoveryReason } from "./recovery.ts";
import { v1Client, v1Server } from "./v1.ts";
import { v2Server } from "./v2.ts";
import { v2Client } from "./v2-client.ts";
import { negotiateVersion } from "./version.ts";

const page = readFileSync(new URL("../PROTOCOL.md", import.meta.url), "utf8");

interface Line {
  readonly sign: string;
  readonly text: string;
  /** What a failing test says: the place on the page, and the text. */
  readonly title: string;
}

/** The lines of all blocks with this mark; comments are left out. */
function linesOf(mark: string): Line[] {
  const lines: Line[] = [];
  let inside = false;
  page.split("\n").forEach((line, index) => {
    if (line.startsWith("```")) inside = line === `\`\`\`${mark}`;
    else if (inside && !line.startsWith("# ")) {
      lines.push({ sign: line.slice(0, 1), text: line.slice(2), title: `PROTOCOL.md:${index + 1} ${line}` });
    }
  });
  return lines;
}

/** Lines in twos: a frame and what is said about it. */
function pairsOf(mark: string, sign: string): [title: string, frame: Line, said: string][] {
  const lines = linesOf(mark);
  return lines.flatMap((line, index) => {
    if (index % 2 === 1) return [];
    const next = lines[index + 1];
    if (next?.sign !== sign) throw new Error(`${line.title}: a line with ${sign} must follow`);
    return [[line.title, line, next.text]];
  });
}

/** The text of one section, by its number. */
function section(number: number): string {
  const [, rest = ""] = page.split(`\n## ${number}. `);
  return rest.split("\n## ")[0] ?? "";
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("hex")
    .replaceAll(/(..)(?=.)/g, "$1 ");

/** Encodes with the side that sends it what the other side has decoded. */
function encodeAgain(sign: string, message: Message, client: ClientCodec, server: ServerCodec): FrameData {
  if (sign === "→") return client.encode(message);
  const frame = encodeOnServer(message, server);
  if (message.extension === undefined) return frame;
  const { o, e } = message.extension as { readonly o: number; readonly e?: string };
  return withPosition(frame, o, e);
}

interface ReplyPayload {
  readonly status: string;
  readonly response: unknown;
  readonly recovery?: JoinRecovery;
  readonly pushes?: JoinPushes;
  readonly push?: PushState;
}

function encodeOnServer({ joinRef, ref, topic, event, payload }: Message, server: ServerCodec): FrameData {
  if (event === names.REPLY) {
    const { status, response, recovery, pushes, push } = payload as ReplyPayload;
    let reply = server.encodeReply(joinRef, ref, topic, status, response);
    if (recovery !== undefined) reply = withRecovery(reply, recovery);
    if (pushes !== undefined) reply = withPushes(reply, pushes);
    return push === undefined ? reply : withPushState(reply, push);
  }
  if (joinRef === null && ref === null) return server.encodeBroadcast(topic, event, payload);
  return server.encodeMessage(joinRef, ref, topic, event, payload);
}

const frames = linesOf("frame");
const binaries = pairsOf("hex", "=");
const refusals = (["1", "2"] as const).flatMap((version) =>
  pairsOf(`refused v${version}`, "✗").map(([title, frame, reason]) => [title, version, frame.text, reason] as const),
);

it("finds the examples", () => {
  expect(frames.length).toBeGreaterThan(50);
  expect(frames.every(({ sign }) => sign === "→" || sign === "←")).toBe(true);
  expect(binaries.length).toBeGreaterThan(6);
  expect(refusals.length).toBeGreaterThan(8);
  const fences = page.split("\n").filter((line) => line.startsWith("```") && line !== "```");
  expect([...new Set(fences)].sort()).toEqual(["```frame", "```hex", "```refused v1", "```refused v2"]);
});

describe("text frames come out of the codecs as they are printed", () => {
  it.each(frames.map((line) => [line.title, line] as const))("%s", (_, { sign, text }) => {
    const [client, server] = text.startsWith("{") ? [v1Client, v1Server] : [v2Client, v2Server];
    const message = sign === "→" ? server.decode(text) : client.decode(text);
    expect(encodeAgain(sign, message as Message, client, server)).toBe(text);
  });
});

describe("binary frames say what is printed below them", () => {
  it.each(binaries)("%s", (_, { sign, text }, said) => {
    const frame = bytesOf(text);
    const message = sign === "→" ? v2Server.decode(frame) : v2Client.decode(frame);
    const { joinRef, ref, topic, event, payload, extension } = message;
    const rest = extension === undefined ? [] : [extension];
    const written = JSON.stringify([joinRef, ref, topic, event, payload, ...rest], (_key, value: unknown) =>
      value instanceof Uint8Array ? `<${hexOf(value)}>` : value,
    );
    expect(written.replaceAll(/"(<[0-9a-f ]*>)"/g, "$1")).toBe(said);
    expect(hexOf(encodeAgain(sign, message as Message, v2Client, v2Server) as Uint8Array)).toBe(hexOf(frame));
  });

  it.each(binaries)("with two spaces between fields: %s", (_, { sign, text }) => {
    const fields = text.split("  ").map(bytesOf);
    const kind = fields[0]?.[0] ?? 0;
    const strings = sign === "→" ? 4 : ({ 0: 3, 1: 4, 2: 2, 5: 2, 6: 3 }[kind] ?? 0);
    const lengths = fields.slice(1, 1 + strings).map((field) => Number(`0x${hexOf(field)}`));
    const printed = fields.slice(1 + strings).map((field) => field.length);
    const position = kind > 4 ? [8] : [];
    const expected = [...position, ...lengths.filter((length) => length > 0)];
    expect(lengths).toHaveLength(strings);
    expect(printed.slice(0, expected.length)).toEqual(expected);
  });
});

describe("refused frames are refused for the reason below them", () => {
  it.each(refusals)("%s", (_, version, text, reason) => {
    const frame = /^[0-9a-f]{2}( [0-9a-f]{2})+$/.test(text) ? bytesOf(text) : text;
    const server = version === "1" ? v1Server : v2Server;
    expect(() => server.decode(frame)).toThrow(new DecodeError(reason));
  });

  it.each(refusals)("in a sentence that fits into a close frame: %s", (_title, _version, _frame, reason) => {
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });
});

describe("the tables are complete", () => {
  it("1.2 gives each version the frames that are negotiated for it", () => {
    const rows = section(1)
      .split("\n")
      .filter((line) => /^\| .*(V1|V2|refused with HTTP 403).*\|$/.test(line));
    const format = (row = ""): (1 | 2 | undefined)[] =>
      [...row.matchAll(/`([^`]+)`/g)].map(([, vsn = ""]) => negotiateVersion(vsn.replace("x", "7")));
    expect(rows).toHaveLength(4);
    expect(format(rows[0])).toEqual([2, 2]);
    expect(format(rows[1])).toEqual([1]);
    expect(format(rows[3]).length).toBeGreaterThan(4);
    expect(new Set(format(rows[3]))).toEqual(new Set([undefined]));
  });

  it("2 has all reserved names that are on the wire", () => {
    const { JOIN, LEAVE, REPLY, CLOSE, ERROR, HEARTBEAT, PHOENIX_TOPIC, ACK, RECOVERY } = names;
    const table = section(2);
    for (const name of [JOIN, LEAVE, REPLY, CLOSE, ERROR, RECOVERY]) expect(table).toContain(`\n| \`${name}\` `);
    for (const name of [HEARTBEAT, ACK]) {
      expect(table).toContain(`\n| topic \`${PHOENIX_TOPIC}\`, event \`${name}\` `);
    }
  });

  it.each(Object.values(names.Reason))("8 has the reason %s", (reason) => {
    expect(section(8)).toContain(`\n| \`${reason}\` `);
  });

  it("16 has all reasons, and no others", () => {
    const reasons: Record<RecoveryReason, true> = {
      epoch: true,
      lost: true,
      trimmed: true,
      limit: true,
      denied: true,
      unavailable: true,
    };
    const [, table = ""] = section(16).split("\n| `reason`      |");
    const rows = [...(table.split("\n\n")[0] ?? "").matchAll(/\n\| `([a-z]+)` /g)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(reasons));
  });

  it("17 has all states of a reply, and no others", () => {
    const states: Record<PushState, true> = { later: true, order: true, epoch: true, expired: true, unknown: true };
    const [, table = ""] = section(17).split("\n| `push`");
    const rows = [...(table.split("\n\n")[0] ?? "").matchAll(/\n\| `([a-z]+)` /g)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(states));
  });

  it.each(Object.values(CloseCode))("9 has the code %i", (code) => {
    expect(section(9)).toContain(`\n| ${code} `);
  });

  it("no table is broken off: each starts with its head and has as many cells in every row", () => {
    const tables = page.split("\n\n").filter((part) => part.startsWith("|"));
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      const rows = table.trim().split("\n");
      expect(rows[1]).toMatch(/^\|( ?-+ ?\|)+$/);
      const cells = rows.map((row) => row.split("|").length);
      expect(new Set(cells).size, rows[0]).toBe(1);
    }
  });

  it("all references to sections lead somewhere", () => {
    const headings = new Set([...page.matchAll(/^#{2,3} (\d+(?:\.\d)?)\.? /gm)].map(([, number]) => number));
    const references = [...page.matchAll(/sections? (\d+(?:\.\d)?)(?: (?:and|to) (\d+))?|\((\d\.\d)\)/g)];
    const numbers = references
      .flatMap(([, first, second, inner]) => [first, second, inner])
      .filter((n) => n !== undefined);
    expect(numbers.length).toBeGreaterThan(15);
    expect(numbers.filter((number) => !headings.has(number))).toEqual([]);
  });
});
