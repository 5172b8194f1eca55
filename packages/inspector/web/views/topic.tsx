import { Bar } from "../parts/bar.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { connectionColumns, connectionKey } from "../parts/columns.tsx";
import { Facts } from "../parts/facts.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import { count, plural, rate } from "../format.ts";
import { useView } from "../live/use-view.ts";
import { hrefOf } from "../route.ts";
import type { Route } from "../route.ts";

export function TopicView({ params: { topic = "" } }: Pick<Route, "params">) {
  const live = useView("topic", { topic });
  const isOther = live.seen !== null && live.seen.answer.data.topic !== topic;
  return (
    <ViewFrame
      title={<ClientText text={topic} max={80} />}
      lead="Who is on this topic?"
      live={isOther ? { ...live, seen: null } : live}
      tools={
        <a className="button" href={hrefOf("tap", { topic })}>
          Watch messages
        </a>
      }
    >
      {({ at, data }) => {
        const most = Math.max(0, ...data.byNode.map(({ subscribers }) => subscribers));
        const { history } = data;
        return (
          <>
            <Facts
              facts={[
                ["Topic", <ClientText key="topic" text={topic} wrap max={4_000} />],
                ["Subscribers", count(data.subscribers)],
                ["Broadcasts", `${rate(data.rate)}/s`],
                [
                  "Presence",
                  data.presences.length === 0
                    ? "nobody is tracked"
                    : data.presences
                        .map(({ name, keys, metas }) => `${name}: ${plural(keys, "key")}, ${plural(metas, "meta")}`)
                        .join("; "),
                ],
                [
                  "History",
                  history === null
                    ? "not kept"
                    : `at ${history.offset}, ${plural(history.kept, "message")} in memory, epoch ${history.epoch}`,
                ],
              ]}
            />
            <Panel title="Nodes">
              <Table
                label="Nodes of the topic"
                rows={data.byNode}
                keyOf={({ node }) => node}
                empty="No node has subscribers of it."
                columns={[
                  { name: "Node", is: "name", cell: ({ node }) => <ClientText text={node} /> },
                  { name: "Subscribers", is: "figure", cell: ({ subscribers }) => count(subscribers) },
                  { name: "Share", hide: "small", cell: ({ subscribers }) => <Bar value={subscribers} of={most} /> },
                ]}
              />
            </Panel>
            <Panel title="Connections" note={`${count(data.connections.length)} of those on it.`}>
              <Table
                label="Connections on the topic"
                columns={connectionColumns(at)}
                rows={data.connections}
                keyOf={connectionKey}
                empty="Nobody is on it. Is it written as the clients write it, with capitals?"
              />
            </Panel>
          </>
        );
      }}
    </ViewFrame>
  );
}
