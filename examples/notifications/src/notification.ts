/** What a user is told, as it is stored and as clients get it. */
export interface Notification {
  /** Grows with time, over all users. */
  readonly id: number;
  /** Grows with each change, from 0 at the id: what is above a client's cursor, the client has not seen. */
  readonly cursor: number;
  /** Somebody's mention, or a note to oneself. */
  readonly kind: "mention" | "note";
  readonly actor: { readonly id: number; readonly name: string };
  /** The comment with the mention. */
  readonly comment_id: number | null;
  readonly excerpt: string;
  /** ISO 8601 in UTC. */
  readonly created_at: string;
  readonly read: boolean;
  /** Its comment is gone. Kept, so that clients that were away hear of it. */
  readonly retracted: boolean;
}
