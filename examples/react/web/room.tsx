import { useState } from "react";
import type { Message } from "../src/server.ts";
import { useChannel, useEvent, usePresence, useRecovery } from "./realtime.ts";

export function Room({ id }: { readonly id: string }) {
  const { channel, state, push } = useChannel(`room:${id}`, {}, { rewind: 50 });
  const { list } = usePresence(channel);
  const recovery = useRecovery(channel);
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [body, setBody] = useState("");
  useEvent(channel, "message", (message) => setMessages((all) => [...all, message]));

  return (
    <>
      <p>Here: {list.map(({ key }) => key).join(", ")}</p>
      {recovery.recovered === false && <p role="alert">Some messages are gone.</p>}
      <ol>
        {messages.map((message, index) => (
          <li key={index}>
            <b>{message.name}</b> {message.body}
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          push("say", { body });
          setBody("");
        }}
      >
        <input aria-label="Message" value={body} onChange={(event) => setBody(event.target.value)} />
        <button disabled={state !== "joined"}>Send</button>
      </form>
    </>
  );
}
