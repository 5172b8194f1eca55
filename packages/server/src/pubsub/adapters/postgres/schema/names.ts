/** Names in the database. */

/** The name of a table or function, quoted. A namespace has nothing that would have to be escaped. */
export const named = (namespace: string, name: string): string => `"${namespace}_${name}"`;

/** A channel of notifications: `history` of what was stored, `outbox` to wake who moves it. */
export const channelOf = (namespace: string, kind: "history" | "outbox"): string => `${namespace}_${kind}`;
