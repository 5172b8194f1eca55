/** The official clients, as they run in Node: over WebSockets of `ws`, and over long polling with `fetch`. */
import { clients } from "./phoenix-clients.ts";
import { officialSuite } from "./official-suite.ts";

officialSuite(clients);
