/** All clients of a campaign, in a process of their own. */
import { setTimeout as sleep } from "node:timers/promises";
import { answer, settings } from "../../attack/child.ts";
import { Random } from "../../attack/random.ts";
import { Recorder } from "../../recovery/history.ts";
import { OurLines } from "./clients/ours.ts";
import { PlainLines } from "./clients/plain.ts";
import type { ClientsSettings } from "./settings.ts";
import type { Happened } from "./story.ts";

const { folder, url, clients: count, pushes, seed } = settings<ClientsSettings>();
const recorder = new Recorder<Happened>(folder, "clients");
const random = new Random(seed);
const clients = Array.from({ length: count }, (_, n) => [
  new OurLines(`ours-${n}`, url, pushes, recorder, random.fork()),
  new PlainLines(`plain-${n}`, url, pushes, recorder, random.fork()),
]).flat();

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(50);
};

answer({
  /** Resolves when all pushes were made. */
  made: () => until(() => clients.every(({ isMade }) => isMade)),
  /** Resolves when all have ended. */
  settled: () => until(() => clients.every(({ isSettled }) => isSettled)),
  /** How many pushes have not ended. */
  open: () => clients.reduce((sum, { open }) => sum + open, 0),
});
