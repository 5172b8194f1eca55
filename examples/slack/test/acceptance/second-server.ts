import type { Check } from "./check.ts";
import type { World } from "./world.ts";

/** Those that two processes must pass as one does, with every second person on the other server. */
const ON_TWO = [4, 6, 15, 21, 24, 27, 33];

export function useSecondServer(checks: readonly Check[]): Check[] {
  return checks
    .filter(({ id }) => ON_TWO.includes(id))
    .map((check) => ({ ...check, run: (world) => check.run(alternating(world)) }));
}

/** The same world, in which people come in by turns at both servers. */
function alternating(world: World): World {
  let next = 0;
  const open: World["open"] = (username, visit = {}) => world.open(username, { ...visit, server: next++ % 2 });
  return Object.create(world, { open: { value: open } }) as World;
}
