import { describe, expect, it } from "vitest";
import { EncodeError } from "./errors.ts";
import { withPosition, withRecovery } from "./recovery.ts";
import { v2Server } from "./v2.ts";
import { v2Client } from "./v2-client.ts";

const hex = (frame: unknown): string => Buffer.from(frame as Uint8Array).toString("hex");
const bytes = Uint8Array.of(9, 8);

describe("withPosition", () => {
  it("adds the sixth element to a text frame", () => {
    const frame = v2Server.encodeBroadcast("room:1", "new_msg", { id: 7 });
    expect(withPosition(frame, 41)).toBe('[null,null,"room:1","new_msg",{"id":7},{"o":41}]');
    expect(withPosition(frame, 0, "k3v9a.0f")).toBe('[null,null,"room:1","new_msg",{"id":7},{"o":0,"e":"k3v9a.0f"}]');
  });

  it("writes an epoch of any text", () => {
    const frame = withPosition(v2Server.encodeBroadcast("t", "e", {}), 1, '"\\\n\ud83c\udf89');
    expect(v2Client.decode(frame).extension).toEqual({ o: 1, e: '"\\\n\ud83c\udf89' });
  });

  it("makes kind 05 of a binary broadcast, with the offset between the lengths and the strings", () => {
    const frame = withPosition(v2Server.encodeBroadcast("t", "ev", bytes), 41);
    expect(hex(frame)).toBe("050102" + "0000000000000029" + "746576" + "0908");
  });

  it("makes kind 06 of a binary push", () => {
    const frame = withPosition(v2Server.encodeMessage("12", null, "t", "ev", bytes), 0x01_02_03_04_05_06_07);
    expect(hex(frame)).toBe("06020102" + "0001020304050607" + "3132746576" + "0908");
    expect(v2Client.decode(frame)).toEqual({
      joinRef: "12",
      ref: null,
      topic: "t",
      event: "ev",
      payload: bytes,
      extension: { o: 0x01_02_03_04_05_06_07 },
    });
  });

  it("takes a frame that is a part of a larger piece of memory", () => {
    const frame = v2Server.encodeBroadcast("t", "e", bytes) as Uint8Array;
    const memory = Uint8Array.of(1, 2, 3, ...frame, 4);
    const part = memory.subarray(3, 3 + frame.length);
    expect(withPosition(part, 5)).toEqual(withPosition(frame, 5));
    const positioned = withPosition(frame, 5) as Uint8Array;
    const received = Buffer.from([0, 0, ...positioned, 0]).subarray(2, 2 + positioned.length);
    expect(v2Client.decode(received)).toMatchObject({ topic: "t", extension: { o: 5 } });
  });

  it.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])("refuses the offset %d", (offset) => {
    for (const payload of [{}, bytes]) {
      const frame = v2Server.encodeBroadcast("t", "e", payload);
      expect(() => withPosition(frame, offset)).toThrow(
        new EncodeError(`offset ${offset} is not an integer from 0 to 2^53 - 1`),
      );
    }
  });

  it("refuses the epoch of a binary frame, and the position of a binary reply", () => {
    const broadcast = v2Server.encodeBroadcast("t", "e", bytes);
    expect(() => withPosition(broadcast, 1, "a.b")).toThrow(/^a binary frame cannot carry an epoch: send phx_recovery/);
    const reply = v2Server.encodeReply("1", "1", "t", "ok", bytes);
    expect(() => withPosition(reply, 1)).toThrow(
      new EncodeError("binary frame of kind 1: only pushes and broadcasts have a position"),
    );
  });
});

describe("an offset that no double can hold", () => {
  it("is read as about that number, and is for the client to ignore", () => {
    const frame = Uint8Array.of(5, 1, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0x74, 0x65);
    expect(v2Client.decode(frame).extension).toEqual({ o: 2 ** 64 });
  });
});

describe("withRecovery", () => {
  const recovery = { epoch: "k3v9a.0f", offset: 40 };

  it("adds a key to the payload of a reply", () => {
    expect(withRecovery(v2Server.encodeReply("1", "1", "t", "ok", {}), recovery)).toBe(
      '["1","1","t","phx_reply",{"status":"ok","response":{},"recovery":{"epoch":"k3v9a.0f","offset":40}}]',
    );
  });

  it("leaves a binary reply as it is", () => {
    const frame = v2Server.encodeReply("1", "1", "t", "ok", bytes);
    expect(withRecovery(frame, recovery)).toBe(frame);
  });
});
