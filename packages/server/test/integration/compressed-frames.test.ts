/** What a client can do to a connection that compresses: nothing to anybody else. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { WebSocketAcceptor } from "../../src/transports/websocket/acceptor.ts";
import type { ConnectionHandler } from "../../src/transports/connection.ts";
import { FrameClient } from "./frame-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { closeBytes, frameBytes, Opcode } from "./tcp-client.ts";

/** A text frame with RSV1 set, deflated as RFC 7692 says. */
function compressedBytes(text: string, opcode: number = Opcode.text): Buffer {
  const frame = frameBytes(opcode, deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4));
  frame[0] = (frame[0] as number) | 0x40;
  return frame;
}

const LONG = "x".repeat(300_000);
const INVALID: Readonly<Record<string, Buffer>> = {
  "a close frame with code 1": closeBytes(1),
  "a close frame whose reason is not UTF-8": closeBytes(1000, "").fill(0xff, 8),
  "text that is not UTF-8": frameBytes(Opcode.text, Buffer.from([0xff])),
  "an unknown opcode": frameBytes(3, "x"),
  "a frame without a mask": frameBytes(Opcode.text, "x", { masked: false }),
  "a fragmented ping": frameBytes(Opcode.ping, "x", { fin: false }),
  "a continuation of nothing": frameBytes(Opcode.continuation, "x"),
  "what cannot be inflated": compressedBytes("").fill(0xff, 6),
  "a length beyond all limits": Buffer.from([0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0]),
};

/** The server's end of a connection that a test feeds: each chunk is read by itself, in one turn. */
class FedSocket extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

describe.each(Object.keys(INVALID))("a compressed message, %s behind it and two more frames", (what) => {
  it("end the connection and nothing else", async () => {
    const received: unknown[] = [];
    const acceptor = new WebSocketAcceptor({
      timeout: 60_000,
      maxFrameSize: 1_000_000,
      maxBufferedBytes: 1_000_000,
      bufferTimeout: 10_000,
      compress: true,
    });
    const socket = new FedSocket();
    const closed = new Promise<number>((resolve) => {
      const handler: ConnectionHandler = {
        receive: (data) => received.push(data),
        spend: () => {},
        tooSlow: () => {},
        closed: resolve,
      };
      const handshake = { key: "dGhlIHNhbXBsZSBub25jZQ==", deflate: "permessage-deflate" };
      acceptor.accept(handshake, socket, Buffer.alloc(0), undefined, () => handler);
    });
    await nextTurn();
    socket.push(compressedBytes(LONG));
    socket.push(INVALID[what] as Buffer);
    socket.push(frameBytes(Opcode.text, "behind it"));
    socket.push(compressedBytes("and behind that"));
    socket.push(frameBytes(Opcode.ping, "x"));
    expect(await closed).toBeGreaterThanOrEqual(1000);
    socket.destroy();
    await once(socket, "close");
    await acceptor.stop(10);
    expect(received).toEqual([LONG]);
  });
});

describe("over TCP", () => {
  it("no order of valid and invalid frames ends the process, nor hurts a bystander", async () => {
    const sockets = { "/socket": { socket: userSocket(), websocket: { compress: true } } };
    const { port, url, endpoint } = await serve(sockets);
    const bystander = await FrameClient.open(url());
    await bystander.join("room:1");
    const invalid = Object.values(INVALID);
    for (let round = 0; round < 300; round++) {
      const client = await compressing(port);
      client.write(compressedBytes(`["1","1","room:1","phx_join",{"x":"${"y".repeat(50_000)}"}]`));
      await nextTurn();
      client.write(invalid[round % invalid.length] as Buffer);
      await nextTurn();
      client.write(frameBytes(Opcode.text, "x"));
      if (round % 2 === 0) await nextTurn();
      client.write(compressedBytes("y"));
      if (round % 3 === 0) client.resetAndDestroy();
      else client.end();
    }
    expect(await bystander.call("room:1", "echo", { n: 1 })).toEqual({ status: "ok", response: { n: 1 } });
    await expect.poll(() => endpoint.connections, { timeout: 20_000 }).toBe(1);
  });
});

async function compressing(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => {});
  socket.write(
    `GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "sec-websocket-extensions: permessage-deflate\r\n\r\n",
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString("latin1")).toContain("permessage-deflate");
  return socket.resume();
}
