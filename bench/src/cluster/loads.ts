import type { Command } from "../load/commands.ts";

/** What the clients do. */
export interface Load {
  title: string;
  /** What is counted. */
  per: "reply" | "delivery";
  /** Whether the handler does some work. */
  works: boolean;
  connections: number;
  /** Odd, so that the members of each topic are spread over two workers that take connections in turn. */
  topics: number;
  warmUp: Command;
  command: Command;
  /** How much of `per` the command is. */
  count: number;
}

const CONNECTIONS = 1_000;
const TOPICS = 25;

function requests(title: string, works: boolean, each: number, warmUpEach: number): Load {
  return {
    title,
    per: "reply",
    works,
    connections: CONNECTIONS,
    topics: TOPICS,
    warmUp: { command: "echo", requestsEach: warmUpEach },
    command: { command: "echo", requestsEach: each },
    count: each * CONNECTIONS,
  };
}

function broadcasts(title: string, messages: number, warmUp: number): Load {
  const window = 32;
  return {
    title,
    per: "delivery",
    works: false,
    connections: CONNECTIONS,
    topics: TOPICS,
    warmUp: { command: "fan", messages: warmUp, window },
    command: { command: "fan", messages, window },
    count: (messages * CONNECTIONS) / TOPICS,
  };
}

/** `share`: of the full number of messages, above 0 and up to 1. */
export function loads(share: number): Load[] {
  const part = (count: number): number => Math.ceil(count * share);
  return [
    requests("request → reply, 20 kB of JSON read, sorted and written in the handler", true, part(20), part(4)),
    requests("request → reply, nothing to do in the handler", false, part(100), part(20)),
    broadcasts("broadcast to 25 topics × 40, 32 in flight", part(8_000), part(1_000)),
  ];
}
