/**
 * The client of Phoenix Channels: the names and behaviour of phoenix.js, for Wingbeat's server and any Phoenix server.
 * `new Socket<typeof userSocket>(...)` knows the topics, events, payloads and replies of your own server.
 *
 * Two files, for bundlers with code splitting (esbuild): a module that imports a file listing `LongPoll` pulls long
 * polling into the page, used or not. Names from `export *` are resolved past this file.
 */
export * from "./client.ts";
export { LongPoll } from "./longpoll.ts";
