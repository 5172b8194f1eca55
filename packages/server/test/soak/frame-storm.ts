/** The frame storm: random frames into real connections and into sessions without one. */
import { isDeepStrictEqual } from "node:util";
import { CloseCode, v1Client, v2Client } from "@wingbeat/protocol";
import { attach, createEndpoint } from "../../src/index.ts";
import { userSocket } from "../integration/room.ts";
import { frameBytes, Opcode, TcpClient } from "../integration/tcp-client.ts";
import { asV1 } from "./frames.ts";
import type { AnyFrame } from "./frames.ts";

export interface StormFigures {
  frames: number;
  connections: number;
  answers: number;
  crashes: number;
  /** Documented closes, by code. */
  closes: Record<number, number>;
}

const STATUSES: readonly unknown[] = ["ok", "error"];
const EVENTS: readonly unknown[] = ["phx_close", "phx_error", "shouted", "pushed"];

/** Throws for an answer that the protocol does not know. */
function checkAnswer(version: 1 | 2, opcode: number, payload: Buffer): void {
  const codec = version === 1 ? v1Client : v2Client;
  const message = codec.decode(opcode === Opcode.text ? payload.toString() : payload);
  // V1 pushes whatever the echoing handlers were sent, also null.
  const { status, response } = (message.payload ?? {}) as { status?: unknown; response?: unknown };
  const isReply = message.event === "phx_reply" && STATUSES.includes(status) && response !== undefined;
  if (!isReply && !EVENTS.includes(message.event)) throw new Error(`no answer of the protocol: ${payload.toString()}`);
}

const HEARTBEAT: Readonly<Record<1 | 2, string>> = {
  1: '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"end of batch"}',
  2: '[null,"end of batch","phoenix","heartbeat",{}]',
};

/**
 * Sends frames in batches, each batch to a connection of its own that has joined "room:1" (every fourth one speaks V1),
 * and checks every answer. A batch ends with the answer to a heartbeat, or with a close code that is documented.
 */
export async function stormOverSockets(frames: readonly AnyFrame[], batchSize: number): Promise<StormFigures> {
  const figures: StormFigures = { frames: frames.length, connections: 0, answers: 0, crashes: 0, closes: {} };
  const detach = attach("channel.crashed", () => void figures.crashes++);
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket() }, logger: false });
  try {
    const { port } = await endpoint.listen(0, "127.0.0.1");
    for (let start = 0; start < frames.length;) {
      const version = figures.connections++ % 4 === 3 ? 1 : 2;
      const sent = await sendBatch(port, version, frames.slice(start, start + batchSize), figures);
      start += sent;
    }
    await emptied(() => endpoint.connections === 0);
    if (!isDeepStrictEqual(endpoint.pubsub.size, { topics: 0, subscriptions: 0 })) {
      throw new Error(`subscriptions are left: ${JSON.stringify(endpoint.pubsub.size)}`);
    }
  } finally {
    await endpoint.close();
    detach();
  }
  return figures;
}

/** Sends frames until the server closes; gives how many it has read for sure. */
async function sendBatch(
  port: number,
  version: 1 | 2,
  batch: readonly AnyFrame[],
  figures: StormFigures,
): Promise<number> {
  const client = await TcpClient.open(port, `/socket/websocket?vsn=${version}.0.0`);
  const ended = client.closed.then(({ code }) => code);
  const join =
    version === 1
      ? '{"topic":"room:1","event":"phx_join","payload":{},"ref":"1","join_ref":"1"}'
      : '["1","1","room:1","phx_join",{}]';
  client.text(join);
  let sent = 0;
  for (const anyFrame of batch) {
    sent++;
    const frame = version === 1 ? asV1(anyFrame) : anyFrame;
    client.write(frameBytes(typeof frame === "string" ? Opcode.text : Opcode.binary, frame));
    const answer = await answered(client, version, ended, figures);
    if (answer === "closed") return sent;
  }
  client.drop();
  return sent;
}

/** Reads until a heartbeat is answered, or until the connection is closed with a documented code. */
async function answered(
  client: TcpClient,
  version: 1 | 2,
  ended: Promise<number>,
  figures: StormFigures,
): Promise<"open" | "closed"> {
  client.text(HEARTBEAT[version]);
  for (;;) {
    const frame = await Promise.race([client.inbox.next(), ended]);
    if (typeof frame === "number") {
      if (frame !== CloseCode.internalError) throw new Error(`closed with ${frame}`);
      figures.closes[frame] = (figures.closes[frame] ?? 0) + 1;
      return "closed";
    }
    checkAnswer(version, frame.opcode, frame.payload);
    figures.answers++;
    if (frame.payload.includes("end of batch")) return "open";
  }
}

async function emptied(isEmpty: () => boolean): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!isEmpty()) {
    if (performance.now() > deadline) throw new Error("connections are left");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
