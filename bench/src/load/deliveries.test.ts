import { describe, expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { deliveries } from "./deliveries.ts";
import { payloadText } from "./payload.ts";
import { plain } from "./protocols/plain.ts";

const TOPIC = "bench:00";

function delivery(number: number, topic = TOPIC): string {
  return `{"event":"b","topic":"${topic}","payload":${payloadText(number)}}`;
}

/** Feeds frames to one subscriber that waits for message 5; answers the numbers that were found right. */
function receive(...frames: string[]): number[] {
  const numbers: number[] = [];
  const connection = { topic: TOPIC, next: 5, send: () => {} } as unknown as Connection;
  const receiver = deliveries(plain, {
    expected: plain.delivery,
    step: 1,
    onDelivery: (_connection, number) => numbers.push(number),
  });
  for (const frame of frames) receiver.text(connection, Buffer.from(frame), 0, frame.length);
  return numbers;
}

describe("deliveries", () => {
  it("counts the messages in their order", () => {
    expect(receive(delivery(5), delivery(6), delivery(7))).toEqual([5, 6, 7]);
  });

  it.each([
    ["a lost message", [delivery(5), delivery(7)]],
    ["a doubled message", [delivery(5), delivery(5)]],
    ["an old message", [delivery(5), delivery(6), delivery(4)]],
  ])("throws on %s", (_fault, frames) => {
    expect(() => receive(...frames)).toThrow(/received message \d in place of message \d/);
  });

  it("throws on a message of another topic", () => {
    expect(() => receive(delivery(5, "bench:01"))).toThrow(/bench:01/);
  });

  it("throws on a message of another length", () => {
    expect(() => receive(delivery(5), delivery(6, "bench:100"))).toThrow("strictly deep-equal");
  });

  it("throws on a frame that nobody asked for", () => {
    expect(() => receive(delivery(5), `{"event":"surprise"}`)).toThrow(/unexpected frame/);
  });
});
