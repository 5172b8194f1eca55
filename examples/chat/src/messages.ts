/** The table of messages: one line of JSON for each, in a file. With a database, these are the functions to rewrite. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Message {
  readonly id: number;
  readonly room: string;
  readonly name: string;
  readonly body: string;
  /** When the server received it: ISO 8601, UTC. */
  readonly at: string;
}

/** Messages of a room that are kept in memory. The file has all of them. */
const LIMIT = 50;
const rooms = new Map<string, readonly Message[]>();
let lastId = 0;
let file: string | undefined;

/** Reads the file, and writes to it from now on. Tests do not call this: their messages are in memory only. */
export function open(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  for (const line of lines) if (line !== "") remember(JSON.parse(line) as Message);
  file = path;
}

export function save(room: string, name: string, body: string): Message {
  const message = { id: lastId + 1, room, name, body, at: new Date().toISOString() };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(message)}\n`);
  remember(message);
  return message;
}

/** The last 50 messages of a room, oldest first. */
export function latest(room: string): readonly Message[] {
  return rooms.get(room) ?? [];
}

function remember(message: Message): void {
  rooms.set(message.room, [...latest(message.room), message].slice(-LIMIT));
  lastId = message.id;
}
