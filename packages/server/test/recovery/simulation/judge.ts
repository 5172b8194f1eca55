/**
 * The judge: says which promises a run has broken, from what could be seen from outside. A pure function; it knows
 * nothing of the product but its wire.
 */
import { judgeLog } from "./judge-log.ts";
import { judgeRun } from "./judge-run.ts";
import { judgeWire } from "./judge-wire.ts";
import type { Story, Violation } from "./story.ts";

export const judge = (story: Story): Violation[] => [
  ...judgeLog(story),
  ...story.runs.flatMap((run) => judgeRun(story, run)),
  ...story.wires.flatMap(judgeWire),
];
