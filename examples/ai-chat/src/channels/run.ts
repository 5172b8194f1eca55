import { ok, refuse } from "wingbeat";
import type { Store } from "../store.ts";
import { runTopic } from "../topics.ts";

const UNKNOWN = { reason: "There is no such answer." };

/** One answer. Whoever knows its id may read it. */
export const runChannel = (store: Store) =>
  runTopic
    .join((ctx) => (store.message(ctx.params.id) ? ok() : refuse(UNKNOWN)))
    // For a page that cannot have the log. Later pieces come after this reply, so that together they are the answer.
    .handleIn("stored", (ctx) => {
      const message = store.message(ctx.params.id);
      return message ? ok({ message }) : refuse(UNKNOWN);
    });
