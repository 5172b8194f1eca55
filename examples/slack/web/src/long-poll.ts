/** On its own, so that only pages that poll load it. */
export { LongPoll } from "@wingbeat/client";
