import { deepStrictEqual } from "node:assert";
import type { Connection, Receiver } from "./connection.ts";
import { numberOffset, payloadText, readNumber } from "./payload.ts";
import type { Protocol } from "./protocol.ts";

const DECODE_EVERY = 512;
const SHORTEST_DELIVERY = payloadText(0).length;

export interface DeliveryPlan {
  /** What message `number` must look like for a subscriber of `topic`, in the protocol's decoded form. */
  expected: (topic: string, number: number) => unknown;
  /** By how much the numbers that one connection receives grow. */
  step: number;
  /** Called for every delivery that was found right. */
  onDelivery: (connection: Connection, number: number) => void;
}

/**
 * Checks what connections receive: of every frame the message number, which must be exactly the one that the connection
 * waits for (so a lost, doubled, reordered or misdirected message throws), and of one frame in 512, and of each with
 * another length than the one before, the whole decoded content.
 */
export function deliveries(protocol: Protocol, plan: DeliveryPlan): Receiver {
  let seen = 0;
  let frameLength = 0;
  let offset = 0;

  const decodeWhole = (connection: Connection, frame: string): void => {
    deepStrictEqual(protocol.decode(frame), plan.expected(connection.topic, connection.next));
    frameLength = frame.length;
    offset = numberOffset(frame);
  };

  return {
    text(connection, bytes, start, end) {
      const length = end - start;
      if (length < SHORTEST_DELIVERY) return connection.send(protocol.control(bytes.toString("latin1", start, end)));
      if (seen % DECODE_EVERY === 0 || length !== frameLength) {
        decodeWhole(connection, bytes.toString("latin1", start, end));
      }
      const number = readNumber(bytes, start + offset);
      if (number !== connection.next) {
        throw new Error(
          `a connection to ${connection.topic} received message ${number} in place of message ${connection.next}`,
        );
      }
      seen += 1;
      connection.next += plan.step;
      plan.onDelivery(connection, number);
    },
  };
}
