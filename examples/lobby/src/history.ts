import { z } from "zod";
import { User } from "./user.ts";

export const Message = z.object({
  id: z.number(),
  user: User,
  body: z.string(),
  /** When the server took it, as ISO 8601 in UTC. */
  at: z.string(),
  /** Whether the receiver wrote it: set for each receiver on the way out. */
  mine: z.boolean().optional(),
});
export type Message = z.infer<typeof Message>;

const LIMIT = 100;

/** The last 100 messages of the lobby, in memory: a restart forgets them. */
export class History {
  readonly #messages: Message[] = [];
  #lastId = 0;

  add(user: User, body: string): Message {
    const message = { id: ++this.#lastId, user, body, at: new Date().toISOString() };
    this.#messages.push(message);
    if (this.#messages.length > LIMIT) this.#messages.shift();
    return message;
  }

  /** Oldest first. */
  all(): readonly Message[] {
    return this.#messages;
  }
}
