/** All clients of a campaign, in a process of their own. */
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../../attack/random.ts";
import { answer, settings } from "../../attack/child.ts";
import { Recorder } from "../history.ts";
import { TEXT_ONLY } from "../node/settings.ts";
import { OurClient } from "./ours.ts";
import { PhoenixClient } from "./phoenix.ts";
import type { Final, Run } from "./run.ts";

export interface ClientsSettings {
  readonly folder: string;
  readonly url: string;
  readonly topics: readonly string[];
  /** So many of each kind. */
  readonly count: number;
  readonly seed: number;
  /** Milliseconds between two things that a client does. */
  readonly pace: number;
}

const { folder, url, topics, count, seed, pace } = settings<ClientsSettings>();
const recorder = new Recorder(folder, "clients");
const random = new Random(seed);

const kinds = {
  ours: (name: string) => new OurClient(name, "websocket", url, recorder, random.fork()),
  "ours-poll": (name: string) => new OurClient(name, "longpoll", url, recorder, random.fork()),
  helped: (name: string) => new PhoenixClient(name, { transport: "websocket", hasHelper: true }, url, recorder),
  phoenix: (name: string) => new PhoenixClient(name, { transport: "websocket", hasHelper: false }, url, recorder),
  "phoenix-poll": (name: string) => new PhoenixClient(name, { transport: "longpoll", hasHelper: false }, url, recorder),
};

const clients = Object.entries(kinds).flatMap(([kind, make]) =>
  Array.from({ length: count }, (_, n) => make(`${kind}-${n}`)),
);
for (const client of clients) {
  const some = client.name.startsWith("phoenix-poll") ? topics.filter((topic) => topic === TEXT_ONLY) : topics;
  for (const topic of some) client.enter(topic);
}

let isOver = false;
async function live(): Promise<void> {
  while (!isOver) {
    await sleep(pace * 2 * random.next());
    const client = random.pick(clients);
    if (random.chance(0.2)) client.turn();
    else client.speak();
  }
}
void live();

const runs = (): Run[] => clients.flatMap((client) => client.runs).filter(({ hasLeft }) => !hasLeft);

answer({
  /** Resolves when all have joined. */
  async ready() {
    while (!runs().every(({ isJoined }) => isJoined)) await sleep(20);
  },
  /** They do nothing more but listen. */
  quiet() {
    isOver = true;
  },
  /**
   * Waits until all that take part in recovery have these messages, by topic, for `ms` at most. Gives the runs that do
   * not.
   */
  async settle({ finals, ms }: { finals: Readonly<Record<string, Final>>; ms: number }) {
    const isBehind = (run: Run): boolean => run.takesPart && !run.has(finals[run.topic] as Final);
    const lag = (): string[] => runs().flatMap((run) => (isBehind(run) ? [run.name] : []));
    for (const until = performance.now() + ms; lag().length > 0 && performance.now() < until;) await sleep(50);
    return lag();
  },
  /** Writes down that these runs are there at the end. */
  end() {
    for (const run of runs()) run.ended();
    for (const client of clients) client.end();
  },
});
