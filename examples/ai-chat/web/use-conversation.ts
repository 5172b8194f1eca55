import type { ChannelOf } from "@wingbeat/client";
import { useEffect, useRef, useState } from "react";
import type { UserSocket } from "../src/socket.ts";
import type { Message } from "../src/topics.ts";
import { sentence, useSocket } from "./realtime.ts";

/** The messages of a conversation, kept up to date. The server sends all of them after each reconnect. */
export function useConversation(id: string) {
  const socket = useSocket();
  const channel = useRef<ChannelOf<UserSocket, `chat:${string}`>>(null);
  const [messages, setMessages] = useState<readonly Message[]>();
  const [model, setModel] = useState("");
  const [error, setError] = useState("");

  useEffect(() => {
    const joined = socket.channel(`chat:${id}`);
    channel.current = joined;
    joined.on("message", ({ message, replaces }) => setMessages((all = []) => put(all, message, replaces)));
    joined
      .join()
      .receive("ok", ({ messages, model }) => {
        setMessages(messages);
        setModel(model);
        setError("");
      })
      .receive("error", (refusal) => setError(sentence(refusal)));
    return () => void joined.leave();
  }, [socket, id]);

  return {
    /** Undefined until the server has sent them. */
    messages,
    /** Who answers. */
    model,
    /** Why there is no conversation. */
    error,
    /** These reject when the server has refused, or has not answered. */
    ask: async (prompt: { readonly id: string; readonly text: string }) => channel.current!.push("ask", prompt),
    again: async () => channel.current!.push("again", {}),
    stop: async () => channel.current!.push("stop", {}),
    /** An answer has ended: the page has its text from the log of its run. */
    ended: (message: Message) => setMessages((all = []) => put(all, message)),
  };
}

/** In place of the message that it replaces, or of itself; else at the end. */
function put(messages: readonly Message[], message: Message, replaces = message.id): readonly Message[] {
  const place = messages.findIndex(({ id }) => id === replaces || id === message.id);
  return place < 0 ? [...messages, message] : messages.with(place, message);
}
