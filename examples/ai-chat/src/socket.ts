import { defineSocket, ok } from "wingbeat";
import { Answers } from "./answers.ts";
import { chatChannel } from "./channels/chat.ts";
import { runChannel } from "./channels/run.ts";
import type { Model } from "./model.ts";
import type { Store } from "./store.ts";

export function createSocket(store: Store, model: Model) {
  const answers = new Answers(store, model);
  const userSocket = defineSocket({
    // Anyone may connect: the ids of conversations are secrets. With accounts, verify a token here.
    connect: () => ok(),
    channels: [chatChannel(store, answers, model.name), runChannel(store)],
  });
  return { answers, userSocket };
}

/** For the types of the page. */
export type UserSocket = ReturnType<typeof createSocket>["userSocket"];
