"use client";
import { useConnection as useUntyped } from "@wingbeat/react";
import { useState } from "react";
import { useChannel, useConnection, useEvent, usePresence, useRecovery } from "./realtime";

export function Room({ since, first }) {
  const [messages, setMessages] = useState(first);
  const { channel, state } = useChannel("room:1", {}, { since });
  useEvent(channel, "message", ({ text }) => setMessages((all) => [...all, text]));
  const { recovered } = useRecovery(channel);
  const { synced } = usePresence(channel);
  const others = useUntyped();
  return (
    <main data-others={others}>
      <p id="state">{[useConnection(), state, String(recovered), String(synced)].join(" ")}</p>
      <ol>
        {messages.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ol>
    </main>
  );
}
