import { defineChannel, ok, refuse } from "wingbeat";
import type { Services } from "../services.ts";
import type { Visitor } from "../visitor.ts";

/** Shows what a bug in a handler does: this channel is lost and joined again, all others do not notice. Development only. */
export function crashChannel({ dev }: Services) {
  return defineChannel("crash")
    .assigns<Visitor>()
    .join(() => (dev ? ok({}) : refuse({ reason: "forbidden" as const, message: "Only in development." })))
    .handleIn("crash", () => {
      throw new Error("crashed on demand");
    });
}
