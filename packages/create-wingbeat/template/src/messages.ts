export interface Message {
  /** Increases from message to message, even across restarts of the server. */
  readonly id: number;
  readonly name: string;
  readonly body: string;
  /** When the server received it: ISO 8601, UTC. */
  readonly at: string;
}

/** In memory: the last 100 messages of each of the 1,000 most recently active rooms. Put your database here. */
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

/** Oldest first. */
export function latest(room: string): readonly Message[] {
  return rooms.get(room) ?? [];
}
