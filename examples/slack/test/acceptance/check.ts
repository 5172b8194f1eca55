/** An acceptance check: what people do in several browsers at once, and what they must see. */
import type { World } from "./world.ts";

export interface Check {
  /** Its number in the list of the README. */
  readonly id: number;
  readonly title: string;
  readonly run: (world: World) => Promise<void>;
  /** Part of every test run; the others are in `npm run acceptance`. */
  readonly fast?: boolean;
}

export function check(id: number, title: string, run: Check["run"], { fast = false } = {}): Check {
  return { id, title, run, fast };
}
