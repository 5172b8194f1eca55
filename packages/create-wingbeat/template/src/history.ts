export interface Message {
  /** Grows from message to message, also over restarts of the server. */
  readonly id: number;
  readonly name: string;
  readonly body: string;
  /** When the server took it: ISO 8601, UTC. */
  readonly at: string;
}

/** Kept in memory: 100 messages in each of the 1,000 rooms that were written to last. Put your database here. */
const MESSAGES = 100;
const ROOMS = 1_000;
const rooms = new Map<string, readonly Message[]>();
let lastId = 0;

export function save(room: string, name: string, body: string): Message {
  lastId = Math.max(lastId + 1, Date.now());
  const message = { id: lastId, name, body, at: new Date().toISOString() };
  const messages = [...(rooms.get(room) ?? []), message].slice(-MESSAGES);
  rooms.delete(room);
  rooms.set(room, messages);
  const [oldest] = rooms.keys();
  if (rooms.size > ROOMS && oldest !== undefined) rooms.delete(oldest);
  return message;
}

/** What was said after a message, oldest first. 0 gives all that is kept. */
export function messagesAfter(room: string, id: number): Message[] {
  return (rooms.get(room) ?? []).filter((message) => message.id > id);
}
