import { Badge } from "../parts/badge.tsx";
import { Bar } from "../parts/bar.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { TopicLink } from "../parts/columns.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import { count, plural } from "../format.ts";
import { useView } from "../live/use-view.ts";

export function PresenceView() {
  const live = useView("presence", {});
  return (
    <ViewFrame title="Presence" lead="Who is tracked, and do all nodes take part?" live={live}>
      {({ data: { rows } }) =>
        rows.length === 0 ? (
          <p className="empty">
            This endpoint has no presence. definePresence makes one, and the endpoint’s option presence uses it.
          </p>
        ) : (
          rows.map(({ name, topics, metas, nodes, largest }) => {
            const most = Math.max(0, ...largest.map((row) => row.metas));
            return (
              <Panel
                key={name}
                title={name}
                note={`${plural(metas, "meta")} on ${plural(topics, "topic")}, as one node sees it.`}
              >
                <ul className="states" aria-label={`Nodes of ${name}`}>
                  {nodes.map((node) => (
                    <li key={node.name}>
                      <ClientText text={node.name} /> <Badge tone={node.is === "up" ? "good" : "bad"}>{node.is}</Badge>
                    </li>
                  ))}
                </ul>
                <Table
                  label={`Largest topics of ${name}`}
                  rows={largest}
                  keyOf={({ topic }) => topic}
                  empty="Nobody is tracked now."
                  columns={[
                    { name: "Largest topics", is: "name", cell: ({ topic }) => <TopicLink topic={topic} /> },
                    { name: "Metas", is: "figure", cell: (row) => count(row.metas) },
                    { name: "Share", hide: "small", cell: (row) => <Bar value={row.metas} of={most} /> },
                  ]}
                />
              </Panel>
            );
          })
        )
      }
    </ViewFrame>
  );
}
