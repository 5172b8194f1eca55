/** What goes over the wire. The page imports these types, and nothing else of the server. */
import { defineChannel } from "wingbeat";

export interface Message {
  /** Made by the page for prompts, so that one that is sent twice is one; by the server for answers. */
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly status: "writing" | "done" | "stopped" | "failed";
  /** Why it failed: a sentence. */
  readonly error?: string;
}

/** A conversation. Whoever knows its id may read and write it. */
export const chatTopic = defineChannel("chat:{id}").pushes<{
  /** A new message, in place of an earlier one when an answer is written again. */
  message: { readonly message: Message; readonly replaces?: string };
}>();

/**
 * One answer, piece by piece. It is written whether anybody listens or not, and its log has all of it: whoever joins with
 * `since: "earliest"` reads the same text, before, during or after the run.
 */
export const runTopic = defineChannel("run:{id}")
  .pushes<{
    delta: { readonly text: string };
    done: { readonly stopped: boolean };
    failed: { readonly error: string };
  }>()
  // More than an answer has, for an hour: who comes later reads it from the store.
  .history({ size: 20_000, ttl: 3_600_000, maxBytes: 4_000_000 });
