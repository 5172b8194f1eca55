/** The rooms: the lobby and 1 to 999, each with its last 50 messages, in memory. */
import type { Message } from "./message.ts";

const LIMIT = 50;

export class Rooms {
  readonly #messages = new Map<string, Message[]>();
  #lastId = 0;

  has(room: string): boolean {
    return room === "lobby" || /^[1-9]\d{0,2}$/.test(room);
  }

  /** The numbers of the rooms in which somebody has written. */
  used(): string[] {
    return [...this.#messages.keys()].filter((room) => room !== "lobby");
  }

  /** Oldest first. */
  messages(room: string): readonly Message[] {
    return this.#messages.get(room) ?? [];
  }

  add(room: string, uid: string, body: string): Message {
    const message = { id: ++this.#lastId, room, uid, body, at: new Date().toISOString() };
    const kept = [...this.messages(room), message].slice(-LIMIT);
    this.#messages.set(room, kept);
    return message;
  }

  /** Changes a message of that user; undefined when there is none (any more). */
  edit(room: string, id: number, uid: string, body: string): Message | undefined {
    const old = this.messages(room).find((message) => message.id === id && canEdit(uid, message));
    if (old === undefined) return undefined;
    const edited = { ...old, body };
    this.#messages.set(
      room,
      this.messages(room).map((message) => (message === old ? edited : message)),
    );
    return edited;
  }
}

export function canEdit(uid: string, message: Message): boolean {
  return message.uid === uid;
}
