import type { Command, Outcome } from "./load/commands.ts";
import { end, nextMessage, spawnPinned } from "./pinned.ts";
import type { RunningServer } from "./servers.ts";

const LOAD_CORE = 1;

/** A load client in its own process. */
export interface LoadClient {
  pid: number;
  /** Resolves when the command is done; rejects with the load client's finding. */
  run(command: Command): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a load client for a server. */
export function startLoadClient({ protocol, host, port, path }: RunningServer): LoadClient {
  const child = spawnPinned(LOAD_CORE, "./load/main.js", [protocol, host, String(port), path]);
  return {
    pid: child.pid!,
    async run(command) {
      const answer = nextMessage<Outcome>(child, "the load client");
      child.send(command);
      const outcome = await answer;
      if ("failure" in outcome) throw new Error(outcome.failure);
    },
    stop: () => end(child),
  };
}
