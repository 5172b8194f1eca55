/** The client in Node, in a process of its own. */
import { WebSocket } from "ws";
import { answer, settings } from "../child.ts";
import { startVictim } from "./victim.ts";

const { url } = settings<{ readonly url: string }>();
const victim = startVictim(url, WebSocket);

answer({
  figures: () => victim,
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
});
