/** What the outbox keeps of a push, and the contract of what keeps it beyond the end of a page. */

/** A push as it is stored: plain data that a structured clone carries. */
export interface StoredPush {
  /** The version of this form. What has another one is left alone. */
  readonly v: 1;
  /** Unique: a push that is put again takes the place of what was stored of it. */
  readonly id: string;
  /** Whose it is to send: the session of a page. Of a push that has a number, the session that the number belongs to. */
  readonly session: string;
  readonly topic: string;
  readonly event: string;
  /** The payload as JSON. */
  readonly payload: string;
  /** When it was pushed, in milliseconds as of `Date.now()`, with a fraction: no two of a session are equal. */
  readonly at: number;
  /** It may be sent again though nobody knows whether it was handled. */
  readonly resend: boolean;
  /** Its number, and the epoch under which it is sent: of a push that is or was about to be sent. */
  readonly n?: number | undefined;
  readonly epoch?: string | undefined;
}

/**
 * Keeps pushes beyond the end of a page or an app: {@link indexedDBOutbox}, {@link asyncStorageOutbox}, or your own. It
 * belongs to one user; several sockets may share one. Every call is made by the outbox of a socket.
 */
export interface OutboxStorage {
  /**
   * The first call. From now on `session` is in use. `adopt` is called with the pushes of each session that has nobody to
   * send them any more, once for each, until this process ends: before the promise is resolved for those known by then,
   * and later when another page has ended. No two of all processes may be given the same session while they live. Nothing is
   * sent until it is done. A rejection is reported, and the socket keeps its pushes in memory.
   */
  open(session: string, adopt: (pushes: readonly StoredPush[]) => void): Promise<void>;
  /**
   * Stores all of these, or none, and is done when they are safe. Calls take effect in order. A rejection, because the
   * storage is full for example, fails the pushes with `buffer_full` and itself as the cause.
   */
  put(pushes: readonly StoredPush[]): Promise<void>;
  /** Forgets pushes by their ids. */
  remove(ids: readonly string[]): Promise<void>;
  /** Forgets all pushes of this user. */
  clear(): Promise<void>;
}

/** The option `outbox` of a socket. */
export interface OutboxOptions {
  /** Keeps pushes beyond the end of the page. Default: they are kept in memory. */
  readonly storage?: OutboxStorage | undefined;
  /** How many pushes may wait for their replies. Default 1,000. */
  readonly maxPushes?: number | undefined;
  /** How long all their payloads may be, in characters of JSON. Default 1,048,576. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds after which a push is given up. Default 10 minutes; 24 hours with a storage. */
  readonly maxAge?: number | undefined;
}
