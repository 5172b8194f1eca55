import type { Command, Outcome } from "./load/commands.ts";
import { end, nextMessage, spawnPinned, type Core } from "./pinned.ts";
import type { RunningServer } from "./servers.ts";

const LOAD_CORE = 1;

/** A load client in its own process: its commands and their results. */
export interface LoadClient<Order = Command, Result = void> {
  pid: number;
  /** Resolves when the command is done; rejects with the load client's error. */
  run(command: Order): Promise<Result>;
  stop(): Promise<void>;
}

/** Where a load client finds its server. */
export type ServerAddress = Pick<RunningServer, "protocol" | "host" | "port" | "path">;

/** Starts a load client for a server: that of the message tests, or another script that obeys commands. */
export function startLoadClient<Order extends object | string = Command, Result = void>(
  { protocol, host, port, path }: ServerAddress,
  { core = LOAD_CORE, script = "./load/main.js" }: { core?: Core; script?: string } = {},
): LoadClient<Order, Result> {
  const child = spawnPinned(core, script, [protocol, host, String(port), path]);
  return {
    pid: child.pid!,
    async run(command) {
      const answer = nextMessage<Outcome<Result>>(child, "the load client");
      child.send(command);
      const outcome = await answer;
      if ("failure" in outcome) throw new Error(outcome.failure);
      return outcome.result;
    },
    stop: () => end(child),
  };
}
