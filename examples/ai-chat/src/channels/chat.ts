import { ok, refuse } from "wingbeat";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import type { Store, StoredMessage } from "../store.ts";
import { chatTopic } from "../topics.ts";
import type { runTopic } from "../topics.ts";

/** 128 random bits in base64url: who has the id was given it. */
const Id = z.string().regex(/^[\w-]{22}$/);
const Text = z.string().trim().min(1, "Write something first.").max(8_000, "Keep it to 8,000 characters.");
const MAX_MESSAGES = 200;

/** A conversation: the prompts, and the answers that are finished. Those under way are read from `run:{id}`. */
export function chatChannel(store: Store, answers: Answers, model: string) {
  /** Throws a refusal, which becomes the error reply. */
  function mayWrite(messages: readonly StoredMessage[]): void {
    if (messages.at(-1)?.status === "writing") throw refuse({ reason: "Wait for the answer, or stop it." });
    if (messages.length >= MAX_MESSAGES) throw refuse({ reason: "This conversation is full. Start a new one." });
    if (answers.isFull) throw refuse({ reason: "The server is busy. Try again in a moment." });
  }

  return (
    chatTopic
      .talksTo<typeof runTopic>()
      .join((ctx) => {
        if (!Id.safeParse(ctx.params.id).success) return refuse({ reason: "There is no such conversation." });
        return ok({ messages: store.messages(ctx.params.id), model });
      })

      // A page that got no reply asks again with the same id: the prompt is stored once.
      .handleIn("ask", z.object({ id: Id, text: Text }), (ctx, { id, text }) => {
        const messages = store.messages(ctx.params.id);
        if (messages.some((message) => message.id === id)) return ok();
        mayWrite(messages);
        const prompt: StoredMessage = { id, role: "user", text, status: "done" };
        const answer = answers.empty();
        store.replace(ctx.params.id, [...messages, prompt, answer]);
        ctx.broadcast("message", { message: prompt });
        ctx.broadcast("message", { message: answer });
        void answers.write(ctx.endpoint, [...messages, prompt], answer);
        return ok();
      })

      .handleIn("again", (ctx) => {
        const messages = store.messages(ctx.params.id);
        const last = messages.at(-1);
        if (last?.role !== "assistant") return refuse({ reason: "There is no answer yet." });
        mayWrite(messages);
        const before = messages.slice(0, -1);
        const answer = answers.empty();
        store.replace(ctx.params.id, [...before, answer]);
        ctx.broadcast("message", { message: answer, replaces: last.id });
        void answers.write(ctx.endpoint, before, answer);
        return ok();
      })

      .handleIn("stop", (ctx) => {
        const last = store.messages(ctx.params.id).at(-1);
        if (last !== undefined) answers.stop(last.id);
        return ok();
      })
  );
}
