/** What a browser has and Node 20 has not, for client code that is printed in a document: a host, for `fetch` too, and WebSocket. */
import { WebSocket } from "ws";

if (process.env.PAGE_HOST) {
  globalThis.location = { protocol: "http:", host: process.env.PAGE_HOST, hash: "" };
  globalThis.WebSocket = WebSocket;
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => fetch(new URL(url, `http://${process.env.PAGE_HOST}`), init);
}
