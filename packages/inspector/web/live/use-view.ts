/** A view of all nodes, live: joined while a component shows it, and asked anew when the query changes. */
import type { PushError } from "@wingbeat/client";
import { useEffect, useRef, useState } from "react";
import type { Answer, QueryOf, ViewName } from "../contract.ts";
import { useHold } from "./hold.ts";
import { useChannel, useEvent, useSocket } from "./realtime.ts";

export interface Seen<View extends ViewName> {
  readonly answer: Answer<View>;
  /** The query that it answers, as text. */
  readonly of: string;
  /** When it came, by the clock of this page. */
  readonly receivedAt: number;
}

export interface Live<View extends ViewName> {
  /** The last answer. While a new query is under way it is that of the one before. */
  readonly seen: Seen<View> | null;
  readonly error: PushError | undefined;
}

/** Milliseconds between two answers. */
const EVERY = 1_000;

/** The last query that the server was told, by socket and topic: components that follow each other share a channel. */
const told = new WeakMap<object, Map<string, string>>();

function toldBy(socket: object): Map<string, string> {
  const known = told.get(socket) ?? new Map<string, string>();
  told.set(socket, known);
  return known;
}

export function useView<View extends ViewName>(view: View, query: QueryOf<View>): Live<View> {
  const { paused, selecting } = useHold();
  const queries = toldBy(useSocket());
  // One topic stands for all: what its channel takes and sends is of this view.
  const topic = `view:${view}` as "view:overview";
  const key = JSON.stringify(query);
  const [seen, setSeen] = useState<Seen<View> | null>(null);
  const held = useRef<Seen<View> | null>(null);

  const { channel, state, error, push } = useChannel(paused ? null : topic, () => {
    queries.set(topic, key);
    return { query: query as QueryOf<"overview">, every: EVERY };
  });
  useEffect(() => {
    if (state !== "joined" || queries.get(topic) === key) return;
    queries.set(topic, key);
    push("query", query as QueryOf<"overview">).catch(() => {
      // The channel has gone, or the query is refused: then it joins again with it, and says why.
      queries.delete(topic);
    });
    // `query` is `key`.
  }, [state, topic, key, push, queries]);

  useEvent(channel, "answer", (answer) => {
    const next: Seen<View> = { answer: answer as Answer<View>, of: queries.get(topic) ?? key, receivedAt: Date.now() };
    held.current = next;
    if (!selecting) setSeen(next);
  });
  useEffect(() => {
    if (!selecting && held.current !== null) setSeen(held.current);
  }, [selecting]);
  return { seen, error: error as PushError | undefined };
}
