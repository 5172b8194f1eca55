import { useState } from "react";
import { Badge } from "../parts/badge.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { TopicLink } from "../parts/columns.tsx";
import { Disconnect } from "../parts/disconnect.tsx";
import type { Target } from "../parts/disconnect.tsx";
import { Facts } from "../parts/facts.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { ChannelRow, ConnectionDetail } from "../contract.ts";
import { ago, bytes, count, dateAndTime, duration, plural } from "../format.ts";
import { useSession } from "../live/session.ts";
import { useView } from "../live/use-view.ts";
import { hrefOf } from "../route.ts";
import type { Route } from "../route.ts";

export const channelColumns: readonly Column<ChannelRow>[] = [
  { name: "Topic", is: "name", cell: ({ topic }) => <TopicLink topic={topic} /> },
  { name: "Channel", hide: "medium", is: "wide", cell: ({ pattern }) => pattern },
  { name: "State", cell: ({ state }) => <Badge tone={state === "joined" ? "good" : "warn"}>{state}</Badge> },
  {
    name: "Running",
    is: "wide",
    hide: "small",
    hint: "The callback that is running, and for how long",
    cell: ({ running }) =>
      running === null ? (
        <span className="faint">idle</span>
      ) : (
        <>
          {running.callback} {running.event !== null && <ClientText text={running.event} />} {duration(running.for)}
        </>
      ),
  },
  { name: "Waiting", is: "figure", hint: "Messages in its mailbox", cell: ({ waiting }) => count(waiting) },
  {
    name: "Holds",
    is: "wide",
    hide: "medium",
    hint: "What it holds: subscriptions, timers, tasks beside its mailbox",
    cell: ({ subscriptions, timers, tasks }) =>
      [
        subscriptions > 0 && plural(subscriptions, "subscription"),
        timers > 0 && plural(timers, "timer"),
        tasks > 0 && plural(tasks, "task"),
      ]
        .filter(Boolean)
        .join(", "),
  },
  {
    name: "Assigns",
    is: "wide",
    hide: "medium",
    hint: "Their names; values are never shown",
    cell: ({ assigns }) => <ClientText text={assigns.join(", ")} />,
  },
];

export function ConnectionView({ params: { node = "", key = "" } }: Pick<Route, "params">) {
  const wanted = { node, key: Number(key) };
  const live = useView("connection", wanted);
  const { may } = useSession();
  const [target, setTarget] = useState<Target | null>(null);
  const detail = live.seen?.answer.data ?? null;
  // Just after a change of the address the last answer is of another connection.
  const isOther = detail !== null && (detail.node !== node || detail.key !== wanted.key);
  const id = isOther ? null : (detail?.id ?? null);
  const mayDisconnect = may.includes("disconnect");
  return (
    <ViewFrame
      title={
        detail === null || isOther ? (
          `Connection #${key}`
        ) : (
          <ClientText text={id} none={`Connection #${key}`} max={80} />
        )
      }
      lead="What is it on, and is one of its channels stuck?"
      live={isOther ? { ...live, seen: null } : live}
      tools={
        <>
          <a className="button" href={hrefOf("tap", { node, key })}>
            Watch messages
          </a>
          {id !== null && (
            <a className="button" href={hrefOf("tap", { id })}>
              Watch all of this id
            </a>
          )}
          {mayDisconnect && detail !== null && (
            <button type="button" className="button danger" onClick={() => setTarget({ connection: wanted, id })}>
              Disconnect…
            </button>
          )}
          {mayDisconnect && id !== null && (
            <button type="button" className="button danger" onClick={() => setTarget({ id })}>
              Disconnect all of this id…
            </button>
          )}
          {target !== null && <Disconnect target={target} onClose={() => setTarget(null)} />}
        </>
      }
    >
      {({ at, data }) =>
        data === null ? (
          <p className="empty">
            This connection has ended, or its node has not answered. <a href={hrefOf("connections")}>All connections</a>
          </p>
        ) : (
          <>
            <ConnectionFacts connection={data} now={at} />
            <Panel title="Channels">
              <Table
                label="Channels"
                columns={channelColumns}
                rows={data.topics}
                keyOf={({ topic }) => topic}
                toneOf={({ running }) => (running !== null && running.for > 1_000 ? "warn" : undefined)}
                empty="It has joined no channel."
              />
            </Panel>
          </>
        )
      }
    </ViewFrame>
  );
}

function ConnectionFacts({ connection, now }: { readonly connection: ConnectionDetail; readonly now: number }) {
  const { node, key, path, transport, vsn, extensions, connectedAt, bufferedBytes, waitingBytes, paused, id } =
    connection;
  return (
    <Facts
      facts={[
        ["Id", <ClientText key="id" text={id} wrap max={2_000} />],
        ["Node", <ClientText key="node" text={`${node}, #${key}`} wrap />],
        ["Path", <ClientText key="path" text={path} wrap />],
        ["Transport", `${transport}, version ${vsn}`],
        ["Client", extensions ? "with Wingbeat’s extensions" : "plain Phoenix"],
        [
          "Connected",
          <span key="at" title={dateAndTime(connectedAt)}>
            {ago(connectedAt, now)}
          </span>,
        ],
        ["Buffered for it", bytes(bufferedBytes)],
        ["Waiting from it", bytes(waitingBytes)],
        ["Reading", paused ? "stopped: its channels are busy" : "yes"],
      ]}
    />
  );
}
