import { flushAll, type Connection } from "./connection.ts";
import { deliveries } from "./deliveries.ts";
import { idle } from "./joining.ts";
import type { Protocol } from "./protocol.ts";

/** How many requests every connection makes, one after another. */
export interface EchoPlan {
  requestsEach: number;
}

// Message numbers of one connection: connection index times this, and up.
const NUMBERS_EACH = 100_000;

/** Every connection sends a request, awaits its reply, and sends the next. Resolves with the last reply. */
export function echo(connections: Connection[], protocol: Protocol, plan: EchoPlan): Promise<void> {
  return new Promise((resolve) => {
    let left = plan.requestsEach * connections.length;

    const request = (connection: Connection): void => {
      connection.send(protocol.request(connection.topic, connection.next));
    };

    const onDelivery = (connection: Connection): void => {
      left -= 1;
      if (connection.next % NUMBERS_EACH < plan.requestsEach) request(connection);
      else if (left === 0) end();
    };

    const end = (): void => {
      for (const connection of connections) connection.receiver = idle(protocol);
      resolve();
    };

    const receiver = deliveries(protocol, { expected: protocol.reply, step: 1, onDelivery });
    connections.forEach((connection, index) => {
      connection.receiver = receiver;
      connection.next = index * NUMBERS_EACH;
      request(connection);
    });
    flushAll();
  });
}
