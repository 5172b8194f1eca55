import { Connection, flushAll, type Receiver, type Target } from "./connection.ts";
import type { Protocol } from "./protocol.ts";

/** How many connections to open, over how many topics (connection i joins topic i mod topics). */
export interface JoinPlan {
  connections: number;
  topics: number;
  /** How many may be on their way (connecting or joining) at a time. */
  pending: number;
}

/**
 * Opens and joins the connections of a plan; resolves when the server has confirmed the last join. `receiver` makes what
 * takes the frames that come after the confirmation; without it there may be none.
 */
export function joinAll(
  target: Target,
  protocol: Protocol,
  plan: JoinPlan,
  receiver: () => Receiver = () => idle(protocol),
): Promise<Connection[]> {
  return new Promise((resolve) => {
    const connections: Connection[] = [];
    let joined = 0;

    const open = (): void => {
      const topicIndex = connections.length % plan.topics;
      connections.push(new Connection(target, topicIndex, topicName(topicIndex), joining));
    };

    const joining: Receiver = {
      opened(connection) {
        const text = protocol.opening(connection.topic);
        if (text !== null) connection.send(text);
      },
      text(connection, bytes, start, end) {
        const step = protocol.joining(connection.topic, bytes.toString("latin1", start, end));
        if (step === "more") return;
        if (step !== "joined") return connection.send(step.send);
        connection.receiver = receiver();
        joined += 1;
        if (connections.length < plan.connections) open();
        else if (joined === plan.connections) resolve(connections);
      },
    };

    while (connections.length < Math.min(plan.pending, plan.connections)) open();
    flushAll();
  });
}

/** Between tests only frames of the server's own account may come. */
export function idle(protocol: Protocol): Receiver {
  return {
    text(connection, bytes, start, end) {
      connection.send(protocol.control(bytes.toString("latin1", start, end)));
    },
  };
}

// Two digits, so that the frames of all topics have the same length.
function topicName(index: number): string {
  return `bench:${String(index).padStart(2, "0")}`;
}
