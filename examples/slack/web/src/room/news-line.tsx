import { memo, useEffect, useRef, useState } from "react";
import type { OwnMessage } from "@wingbeat/example-slack/contract";
import type { RoomState } from "./room-state.ts";

/** Milliseconds of silence after each sentence: what comes meanwhile is said in one. */
const QUIET_MS = 5_000;

/**
 * Says that somebody has written to those who do not see the list. What they wrote is in the list, to be read in peace.
 * What was there when the room was opened is no news.
 */
export const NewsLine = memo(function NewsLine({ state: { messages, userId } }: { readonly state: RoomState }) {
  const [said, setSaid] = useState({ text: "", count: 0 });
  const known = useRef(messages.at(-1)?.seq ?? 0);
  const news = useRef<OwnMessage[]>([]);
  const silence = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const say = () => {
      silence.current = undefined;
      const [first, ...more] = news.current;
      if (first === undefined) return;
      const text = more.length === 0 ? `New message from ${first.user.name}` : `${more.length + 1} new messages`;
      setSaid(({ count }) => ({ text, count: count + 1 }));
      news.current = [];
      silence.current = setTimeout(say, QUIET_MS);
    };
    const fresh = messages.filter(({ seq }) => seq > known.current);
    known.current = fresh.at(-1)?.seq ?? known.current;
    news.current.push(...fresh.filter(({ user, kind }) => user.id !== userId && kind === "message"));
    if (silence.current === undefined) say();
  }, [messages, userId]);
  useEffect(() => () => clearTimeout(silence.current), []);

  return (
    <div className="visually-hidden" aria-live="polite">
      {/* Another element each time: the same sentence again is news as well. */}
      {said.text !== "" && <p key={said.count}>{said.text}</p>}
    </div>
  );
});
