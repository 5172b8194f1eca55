/** What a contract leaves open, as lines for people. */
import type { OpenPart } from "./model.ts";

/** What to do about it. */
const REMEDIES: readonly (readonly [OpenPart["what"], string])[] = [
  [
    "pushes",
    "pushes that are declared by type do not exist at run time: .pushes({ event: Schema }), or .pushes({}) for none",
  ],
  ["reply", "replies are declared beside the payload: .handleIn(event, { payload, reply, error }, …)"],
  ["error", "so are errors: { payload, reply, error }"],
  ["payload", "payloads are declared by a schema: .handleIn(event, Schema, …)"],
  ["params", "connect params are declared by a schema: defineSocket({ params: Schema, … })"],
];

/** Empty when nothing is open. */
export function describeOpen(open: readonly OpenPart[]): string {
  if (open.length === 0) return "";
  const byPlace = new Map<string, OpenPart["what"][]>();
  for (const part of open) byPlace.set(placeOf(part), [...(byPlace.get(placeOf(part)) ?? []), part.what]);
  const lines = [...byPlace].map(([place, whats]) => `  ${place}: ${[...new Set(whats)].join(", ")}`);
  const kinds = new Set(open.map(({ what }) => what));
  const remedies = REMEDIES.filter(([what]) => kinds.has(what)).map(([, remedy]) => `  ${remedy}`);
  return ["Open in this contract, because it is not declared by schema:", ...lines, "To declare it:", ...remedies].join(
    "\n",
  );
}

function placeOf({ socket, channel, event }: OpenPart): string {
  if (channel === undefined) return socket;
  return event === undefined ? channel : `${channel}, ${event === "phx_join" ? "join" : event}`;
}
