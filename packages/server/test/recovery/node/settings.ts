/** What a node process is told when it is started. */

/** How a node reaches what connects the nodes, and what keeps the history. Ports are on this machine. */
export type EngineSettings =
  | { readonly name: "memory"; readonly file: string }
  | { readonly name: "redis"; readonly port: number }
  | { readonly name: "postgres"; readonly port: number }
  | { readonly name: "nats"; readonly port: number; readonly redisPort: number };

export interface NodeSettings {
  /** Where it writes its history. */
  readonly folder: string;
  readonly name: string;
  readonly port: number;
  readonly engine: EngineSettings;
  readonly topics: readonly string[];
  /** Milliseconds between two messages that it publishes by itself. */
  readonly pace: number;
}

/** Entries kept per topic: more than a client misses, unless it is away for long. */
export const SIZE = 2_000;

/** Bytes are sent on all topics but this one: phoenix.js cannot read them when it polls. */
export const TEXT_ONLY = "room:1";

export const SECRET = "a secret that all nodes of these tests share, of 64 bytes or more";
