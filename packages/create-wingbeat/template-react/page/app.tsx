import { useState } from "react";
import { sentence, useChannel, usePresence } from "./realtime.ts";
import { Room } from "./room.tsx";
import { firstName } from "./tab.ts";

/** The URL names the room: /#garden is another one. */
const room = decodeURIComponent(location.hash.slice(1)) || "lobby";
document.title = `${room} · Chat`;

const CONNECTION = { joining: "Connecting…", joined: "Connected", errored: "Reconnecting…", closed: "Closed" };

export function App() {
  const [name, setName] = useState(firstName);
  // A function: a rejoin sends the latest name, and a new name alone does not join again.
  const joined = useChannel(`room:${room}`, () => ({ name }));
  const { list } = usePresence(joined.channel);
  const isRefused = joined.error?.reason === "refused";

  return (
    <>
      <header>
        <h1 id="room">{room}</h1>
        <p id="connection" role="status" data-state={joined.state === "joined" ? "open" : "waiting"}>
          {isRefused ? "Refused" : CONNECTION[joined.state]}
        </p>
        <p id="people">
          {list.length > 0 && "Here: "}
          {list
            .flatMap(({ metas }) => metas[0]?.name ?? [])
            .sort()
            .join(", ")}
        </p>
        <Naming
          name={name}
          refusal={isRefused ? sentence(joined.error) : ""}
          rename={async (wanted) => {
            const { name: accepted } = await joined.push("name", { name: wanted });
            sessionStorage.setItem("name", accepted);
            setName(accepted);
          }}
        />
      </header>
      <Room joined={joined} />
    </>
  );
}

interface NamingProps {
  readonly name: string;
  readonly refusal: string;
  readonly rename: (wanted: string) => Promise<void>;
}

function Naming({ name, refusal, rename }: NamingProps) {
  const [wanted, setWanted] = useState(name);
  const [problem, setProblem] = useState("");
  const shown = problem || refusal;
  const submit = async () => {
    if (wanted === name) return setProblem("");
    try {
      await rename(wanted);
      setProblem("");
    } catch (error) {
      setProblem(sentence(error));
    }
  };
  return (
    <form
      id="naming"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor="name">Your name</label>
      <input
        id="name"
        autoComplete="nickname"
        maxLength={24}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        onBlur={() => void submit()}
        aria-describedby="name-error"
        aria-invalid={shown !== ""}
      />
      <p className="error" id="name-error" role="alert">
        {shown}
      </p>
    </form>
  );
}
