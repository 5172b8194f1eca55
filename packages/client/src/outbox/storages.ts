/**
 * `@wingbeat/client/outbox`: what keeps pushes with `retry` beyond the end of a page or an app. Pass one as option
 * `outbox.storage` of a socket.
 * @module
 */
export { indexedDBOutbox } from "./indexed-db.ts";
export { asyncStorageOutbox } from "./async-storage.ts";
export type { AsyncStorage } from "./async-storage.ts";
export type { OutboxOptions, OutboxStorage, StoredPush } from "./storage.ts";
export type { PendingPush, SettledPush } from "./item.ts";
