/** What a campaign runs on: an engine, how nodes reach it, and how it can be broken. */
import type { Random } from "../../attack/random.ts";
import type { EngineSettings } from "../node/settings.ts";
import type { Nodes } from "./nodes.ts";

/** Something that is broken, and is whole again when `run` resolves. */
export interface Injection {
  readonly what: string;
  /** The engine may lose what it has confirmed. */
  readonly loses?: boolean;
  /** Some node cannot reach the engine meanwhile. */
  readonly outage?: boolean;
  run(nodes: Nodes, random: Random): Promise<void>;
}

export interface Bed {
  readonly name: string;
  /** Processes that serve clients. */
  readonly nodes: number;
  readonly injections: readonly Injection[];
  start(): Promise<void>;
  settings(node: number): EngineSettings;
  end(): Promise<void>;
}
