/**
 * The client of Phoenix Channels: the names and behaviour of phoenix.js, for Wingbeat's server and any Phoenix server.
 * `new Socket<typeof userSocket>(...)` knows the topics, events, payloads and replies of your own server.
 *
 * Two lists, because of bundlers that split (esbuild): a file whose list names `LongPoll` brings long polling into the
 * page, used or not. What `export *` hands on does not go through this file.
 */
export * from "./client.ts";
export { LongPoll } from "./longpoll.ts";
