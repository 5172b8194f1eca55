import type { EchoPlan } from "./echo.ts";
import type { FanPlan } from "./fan.ts";
import type { JoinPlan } from "./joining.ts";

/** The runner's commands to a load client, one at a time. */
export type Command =
  | ({ command: "join" } & JoinPlan)
  | ({ command: "fan" } & FanPlan)
  | ({ command: "echo" } & EchoPlan)
  | { command: "drop" };

/** A load client's answer to a command: the result, or the failure (after which it exits). */
export type Outcome<Result> = { result: Result } | { failure: string };
