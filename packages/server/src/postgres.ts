/** `wingbeat/pubsub/postgres`: the adapter and the history in PostgreSQL, and `once` for the transactions of an application. */
export * from "./pubsub/adapters/postgres.ts";
export { once } from "./channel/once.ts";
export type { OnceOptions } from "./channel/once.ts";
