import { useState } from "react";
import type { FormEvent } from "react";
import { ClientText } from "../parts/client-text.tsx";
import { Heading } from "../parts/view-frame.tsx";
import type { TapTarget } from "../contract.ts";
import { useSession } from "../live/session.ts";
import { go } from "../route.ts";
import type { Route } from "../route.ts";
import { Watch } from "./watch.tsx";

function targetOf({ topic, id, node, key }: Route["params"]): TapTarget | null {
  if (node !== undefined && key !== undefined) return { connection: { node, key: Number(key) } };
  if (topic !== undefined) return { topic };
  return id === undefined ? null : { id };
}

function TargetName({ target }: { readonly target: TapTarget }) {
  if ("topic" in target) return <>the topic {<ClientText text={target.topic} max={80} />}</>;
  if ("id" in target) return <>all connections of {<ClientText text={target.id} max={80} />}</>;
  return (
    <>
      connection #{target.connection.key} of <ClientText text={target.connection.node} max={80} />
    </>
  );
}

export function TapView({ params }: Pick<Route, "params">) {
  const target = targetOf(params);
  const { may } = useSession();
  return (
    <>
      <Heading
        title="Tap"
        lead={
          target === null ? (
            "What goes over the wire for this topic or user, now?"
          ) : (
            <>
              Messages of <TargetName target={target} />, as they come.
            </>
          )
        }
      />
      {target === null ? (
        <Choose />
      ) : (
        <Watch key={JSON.stringify(target)} target={target} mayReveal={may.includes("payloads")} />
      )}
    </>
  );
}

/** Asks what to watch. A connection is chosen in its own view. */
function Choose() {
  const [by, setBy] = useState<"topic" | "id">("topic");
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== "") go("tap", { [by]: name });
  };
  return (
    <form className="choose" onSubmit={submit}>
      <fieldset className="choice">
        <legend>Watch</legend>
        {(["topic", "id"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={by === one} onClick={() => setBy(one)}>
            {one === "topic" ? "a topic" : "a user’s id"}
          </button>
        ))}
      </fieldset>
      <label className="search">
        <span>{by === "topic" ? "Topic, exactly" : "Id, exactly"}</span>
        <input
          type="text"
          data-search
          value={name}
          maxLength={1_000}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" className="button primary">
        Watch
      </button>
      <p className="note">
        A tap ends by itself after five minutes. At more than 200 messages a second some are left out, and counted. One
        connection is watched from its own page.
      </p>
    </form>
  );
}
