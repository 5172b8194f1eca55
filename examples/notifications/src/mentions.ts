/** Who is told of a comment, and how: plain code that broadcasts, in no channel. */
import type { Endpoint } from "wingbeat";
import type { Comment } from "./board.ts";
import type { Inbox } from "./inbox.ts";
import type { Mutes } from "./mutes.ts";
import { presence } from "./notification-channel.ts";
import type { Sent } from "./sent.ts";
import { tellAuthors } from "./stats-channel.ts";
import { mentionedIn, USERS } from "./users.ts";
import type { User } from "./users.ts";

/** What became of a mention. `offline`: nobody is there to be told, so this is where a mail would be sent. */
export type Outcome = "told" | "reads the board" | "offline" | "muted you";

export interface Told {
  readonly name: string;
  readonly outcome: Outcome;
}

export class Mentions {
  readonly #inbox: Inbox;
  readonly #mutes: Mutes;
  readonly #sent: Sent;

  constructor(inbox: Inbox, mutes: Mutes, sent: Sent) {
    this.#inbox = inbox;
    this.#mutes = mutes;
    this.#sent = sent;
  }

  /** Stores a notification for everybody whom the comment mentions, its author excepted, then broadcasts them. */
  async notify(endpoint: Endpoint, comment: Comment): Promise<Told[]> {
    const mentioned = mentionedIn(comment.body).filter(({ id }) => id !== comment.author.id);
    const kept = await Promise.all(mentioned.map((user) => this.#keep(endpoint, user, comment)));
    const changes = kept.flatMap(({ user, change }) => (change === undefined ? [] : [{ user, ...change }]));
    for (const { user, changed, unread, cursor } of changes) {
      endpoint.broadcast(topicOf(user), "new_notification", { notification: changed, unread, cursor });
    }
    await tellAuthors(
      endpoint,
      this.#sent,
      changes.map(({ changed }) => changed),
    );
    return kept.map(({ user, outcome }) => ({ name: user.name, outcome }));
  }

  /** Takes back the notifications of a comment that is gone. */
  async retract(endpoint: Endpoint, commentId: number): Promise<void> {
    for (const user of USERS) {
      const { changed, unread, cursor } = await this.#inbox.retract(user.id, commentId);
      if (changed.length === 0) continue;
      endpoint.broadcast(topicOf(user), "retract", { ids: changed.map(({ id }) => id), unread, cursor });
      await tellAuthors(endpoint, this.#sent, changed);
    }
  }

  async #keep(endpoint: Endpoint, user: User, comment: Comment) {
    if ((await this.#mutes.of(user.id)).includes(comment.author.id)) return { user, outcome: "muted you" } as const;
    const reads = presence.getByKey(endpoint, "board", user.id) !== undefined;
    const change = await this.#inbox.add(user.id, {
      kind: "mention",
      actor: comment.author,
      comment_id: comment.id,
      excerpt: comment.body.slice(0, 120),
      read: reads, // in the list, but not in the count
    });
    const isThere = presence.getByKey(endpoint, topicOf(user), user.id) !== undefined;
    const outcome: Outcome = reads ? "reads the board" : isThere ? "told" : "offline";
    return { user, outcome, change };
  }
}

const topicOf = (user: User): string => `notifications:${user.id}`;
