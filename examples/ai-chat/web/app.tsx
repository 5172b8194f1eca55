import { useState } from "react";
import { Answer } from "./answer.tsx";
import { newId, useChatId } from "./chat-id.ts";
import { Composer } from "./composer.tsx";
import { NewIcon } from "./icons.tsx";
import { useNotice } from "./notice.tsx";
import { useConnection } from "./realtime.ts";
import { Scroller } from "./scroller.tsx";
import { useConversation } from "./use-conversation.ts";
import { Welcome } from "./welcome.tsx";

export function App() {
  const id = useChatId();
  return <Chat key={id} id={id} />;
}

function Chat({ id }: { readonly id: string }) {
  const { messages, model, error, ask, again, stop, ended } = useConversation(id);
  const [notice, tell] = useNotice();
  const [draft, setDraft] = useState("");
  const connection = useConnection();
  const last = messages?.at(-1);

  return (
    <div className="page">
      <header>
        <h1>Chat</h1>
        <p className="model">{model && `with ${model}`}</p>
        <a className="button" href={`#${newId()}`} title="New conversation">
          <NewIcon />
          <span>New</span>
        </a>
      </header>

      <Scroller>
        {error && <p className="problem">{error}</p>}
        {messages?.length === 0 && <Welcome onPick={setDraft} />}
        {messages?.map((message) =>
          message.role === "user" ? (
            <article key={message.id} className="prompt">
              <h2 className="hidden">You</h2>
              <p>{message.text}</p>
            </article>
          ) : (
            <Answer
              key={message.id}
              message={message}
              onEnded={ended}
              onCaughtUp={(count) => tell(`You are back. ${count} ${count === 1 ? "piece" : "pieces"} caught up.`)}
              onReloaded={() => tell("The server no longer had all pieces. This is the answer as it is stored.")}
              onAgain={message === last ? again : undefined}
            />
          ),
        )}
      </Scroller>

      <footer>
        {connection === "reconnecting" ? (
          <p className="notice" data-kind="waiting">
            The connection is lost. Reconnecting, to get what you have missed.
          </p>
        ) : (
          notice
        )}
        <Composer draft={draft} onDraft={setDraft} isWriting={last?.status === "writing"} onAsk={ask} onStop={stop} />
      </footer>
    </div>
  );
}
