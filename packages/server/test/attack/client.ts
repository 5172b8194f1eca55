/** A hostile server against the client, in Node and in a browser. */
import { inMB, isShort } from "./campaign.ts";
import type { Outcome, Part, Size } from "./campaign.ts";
import { hasChromium } from "../../../../tools/test/chromium.ts";
import { PageVictim, pageScript } from "./client/browser.ts";
import { HostileServer } from "./client/hostile-server.ts";
import { MOODS } from "./client/moods.ts";
import { NodeVictim } from "./client/node.ts";
import { Random } from "./random.ts";

/** How long a client may take to come back to a server that is good again, in ms: the machine may be busy. */
const PATIENCE = 90_000;
/** Moods of a short campaign. */
const SHORT = 3;
const MB = 1024 * 1024;
/** What compiled code and caches may add to a client's heap. */
const MAX_GROWTH = 24 * MB;
/** Connections that the backoff of a client begins with; then there is one in a second, or two where it is jittered. */
const maxConnects = (seconds: number): number => 12 + 3 * seconds;

export const client: Part = {
  name: "client",
  oracle:
    "A server that answers nonsense, pushes garbage, breaks the rules of WebSockets, flaps, is silent, half-open or endless. " +
    "The page or process lives without an uncaught error; the client comes back when the server is good again; it reconnects " +
    "no faster than its backoff; its memory is bounded.",
  async *run(size) {
    yield { title: "client in Node", ...(await endure(size, "", (port) => NodeVictim.open(port))) };
    if (isShort(size) || !hasChromium()) return;
    const script = await pageScript();
    yield { title: "client in Chromium", ...(await endure(size, script, (port) => PageVictim.open(port))) };
  },
};

interface ClientVictim {
  readonly violations: readonly string[];
  memory(): Promise<number>;
  close(): Promise<void>;
}

async function endure(size: Size, page: string, open: (port: number) => Promise<ClientVictim>): Promise<Outcome> {
  const { seed, seconds } = size;
  const server = new HostileServer(new Random(seed), page);
  const figures: Record<string, string> = {};
  const violations: string[] = [];
  const victim = await open(await server.listen());
  try {
    if (!(await server.turnGood(PATIENCE))) violations.push("it has never come");
    const before = await victim.memory();
    for (const mood of isShort(size) ? MOODS.slice(0, SHORT) : MOODS) {
      server.turn(mood);
      const turnedAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      if (victim.violations.length > 0) {
        figures[mood.name] = "it did not survive that";
        break;
      }
      const { connects } = server;
      const lasted = Math.ceil((performance.now() - turnedAt) / 1_000);
      const startedAt = performance.now();
      const isBack = await server.turnGood(PATIENCE);
      const took = ((performance.now() - startedAt) / 1_000).toFixed(1);
      figures[mood.name] = `${connects} connections in ${seconds} s, ${isBack ? `back after ${took} s` : "never back"}`;
      if (!isBack) violations.push(`it has not come back from a server that ${mood.name}`);
      if (connects > maxConnects(lasted))
        violations.push(`${connects} connections in ${lasted} s to a server that ${mood.name}`);
    }
    violations.push(...victim.violations);
    if (victim.violations.length > 0) return { figures, violations };
    const growth = (await victim.memory()) - before;
    figures["memory, before and after"] = `${inMB(before)}, +${inMB(growth)}`;
    if (growth > MAX_GROWTH) violations.push(`memory has grown by ${inMB(growth)}`);
    return { figures, violations };
  } finally {
    await victim.close();
    await server.close();
  }
}
