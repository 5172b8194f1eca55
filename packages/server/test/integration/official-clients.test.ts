/** The official clients, as they run in Node: over WebSockets of `ws`, and over long polling with `fetch`. */
import { describe } from "vitest";
import { clients } from "./phoenix-clients.ts";
import { officialSuite } from "./official-suite.ts";

officialSuite(clients);
describe("with a history on every channel (I-11)", () => {
  officialSuite(clients, true);
});
