import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ChannelAt } from "@wingbeat/client";
import type { ChannelResult } from "@wingbeat/react";
import type { Message } from "../src/messages.ts";
import type { userSocket } from "../src/socket.ts";
import { sentence, useEvent, useRecovery } from "./realtime.ts";

type JoinedRoom = ChannelResult<ChannelAt<typeof userSocket, `room:${string}`>>;

/** A room's messages, and the field for a new one. */
export function Room({ joined }: { readonly joined: JoinedRoom }) {
  const { messages, note } = useMessages(joined);
  const [mine, setMine] = useState<ReadonlySet<number>>(new Set());
  const log = useRef<HTMLDivElement>(null);
  useFollow(log, messages.length);

  return (
    <main>
      <div id="log" role="log" aria-label="Messages" tabIndex={0} ref={log}>
        {messages.length === 0 && (
          <p className="empty">No messages yet. Say hello, and open this page in a second tab.</p>
        )}
        {messages.map(({ id, name, body, at }) => (
          <article key={id} className={mine.has(id) ? "mine" : undefined}>
            <b>{name}</b>
            <time dateTime={at}>{new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</time>
            <p>{body}</p>
          </article>
        ))}
        {note !== "" && <p className="note">{note}</p>}
      </div>
      <Composer joined={joined} sent={(id) => setMine((all) => new Set([...all, id]))} />
    </main>
  );
}

/** The messages by id, so that one that comes twice (in a reply and as a push) is shown once. */
function useMessages({ channel, reply, push }: JoinedRoom) {
  const [known, setKnown] = useState<ReadonlyMap<number, Message>>(new Map());
  const [note, setNote] = useState("");
  const add = (added: readonly Message[]) =>
    setKnown((all) => new Map([...all, ...added.map((message) => [message.id, message] as const)]));

  useEvent(channel, "new_msg", (message) => add([message]));
  useEffect(() => add(reply?.messages ?? []), [reply]);

  // What was missed is sent by the server. If it no longer has all of it, the messages are loaded again.
  const recovery = useRecovery(channel);
  useEffect(() => {
    const { recovered, count } = recovery;
    if (recovered === false) {
      push("latest", {}).receive("ok", ({ messages }) => {
        setKnown(new Map(messages.map((message) => [message.id, message])));
        setNote("You were away for too long: the messages were loaded again.");
      });
    } else if (recovered === true && count > 0) {
      setNote(`You are back: ${count} ${count === 1 ? "message" : "messages"} caught up.`);
    }
  }, [recovery, push]);

  return { messages: [...known.values()].sort((a, b) => a.id - b.id), note };
}

/** Stays at the end of the log, unless the reader has scrolled up. */
function useFollow(log: React.RefObject<HTMLDivElement | null>, length: number) {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const { current } = log;
    const look = () => {
      if (current) isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < 80;
    };
    current?.addEventListener("scroll", look);
    return () => current?.removeEventListener("scroll", look);
  }, [log]);
  useLayoutEffect(() => {
    if (isAtEnd.current && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [log, length]);
}

interface ComposerProps {
  readonly joined: JoinedRoom;
  readonly sent: (id: number) => void;
}

function Composer({ joined: { state, push }, sent }: ComposerProps) {
  const [body, setBody] = useState("");
  const [problem, setProblem] = useState("");
  const send = async () => {
    const text = body;
    setBody("");
    setProblem(state === "joined" ? "" : "You are not connected: it is sent as soon as you are.");
    try {
      // Waits for a connection, and is sent again if that is lost before the reply. The server handles it once.
      sent((await push("new_msg", { body: text }, { retry: true })).id);
      setProblem("");
    } catch (error) {
      setProblem(sentence(error));
      setBody((typed) => typed || text);
    }
  };
  return (
    <form
      id="composer"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label className="hidden" htmlFor="body">
        Message
      </label>
      <input
        id="body"
        placeholder="Message"
        autoComplete="off"
        maxLength={1000}
        value={body}
        onChange={(event) => setBody(event.target.value)}
        aria-describedby="body-error"
        aria-invalid={problem !== ""}
      />
      <button>Send</button>
      <p className="error" id="body-error" role="alert">
        {problem}
      </p>
    </form>
  );
}
