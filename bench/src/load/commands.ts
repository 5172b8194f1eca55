import type { EchoPlan } from "./echo.ts";
import type { FanPlan } from "./fan.ts";
import type { JoinPlan } from "./joining.ts";

/** What the runner asks of a load client, one command at a time. */
export type Command =
  | ({ command: "join" } & JoinPlan)
  | ({ command: "fan" } & FanPlan)
  | ({ command: "echo" } & EchoPlan)
  | { command: "drop" };

/** A load client's answer to a command: what came of it, or what went wrong (it ends itself after a failure). */
export type Outcome<Result> = { result: Result } | { failure: string };
