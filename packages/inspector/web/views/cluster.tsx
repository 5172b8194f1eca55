import { Badge } from "../parts/badge.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { Cluster } from "../contract.ts";
import { count, span } from "../format.ts";
import { useView } from "../live/use-view.ts";

type Row = Cluster["rows"][number];

const linkColumns = (now: number): readonly Column<Row>[] => [
  { name: "Node", is: "name", cell: ({ node }) => <ClientText text={node} /> },
  {
    name: "Link",
    cell: ({ pubsub }) => <Badge tone={pubsub.state === "up" ? "good" : "bad"}>{pubsub.state}</Badge>,
  },
  { name: "Through", hide: "small", cell: ({ pubsub }) => pubsub.adapter },
  { name: "Since", is: "figure", cell: ({ pubsub }) => span(now - pubsub.since) },
  { name: "Why", is: "wide", hide: "small", cell: ({ pubsub }) => <ClientText text={pubsub.reason ?? null} none="" /> },
  { name: "Queued", is: "figure", hide: "small", cell: ({ pubsub }) => count(pubsub.queued) },
  {
    name: "Lost",
    is: "figure",
    hint: "Messages of this node that were dropped or never confirmed",
    cell: ({ pubsub }) => count(pubsub.lost),
  },
  {
    name: "Missed",
    is: "figure",
    hint: "Broadcasts of other nodes that did not arrive here",
    cell: ({ pubsub }) => count(pubsub.missed),
  },
  { name: "Version", hide: "medium", cell: ({ version }) => version },
  { name: "Up", is: "figure", hide: "medium", cell: ({ startedAt }) => span(now - startedAt) },
];

export function ClusterView() {
  const live = useView("cluster", {});
  return (
    <ViewFrame title="Cluster" lead="Do the nodes hear each other, and what was lost between them?" live={live}>
      {({ at, data: { rows } }) => {
        const versions = new Set(rows.map(({ version }) => version));
        const lost = rows.flatMap(({ node, lost: all }) => all.map((one) => ({ node, ...one })));
        return (
          <>
            {versions.size > 1 && (
              <p className="alert warn">
                The nodes run different versions: {[...versions].join(", ")}. That is fine while you deploy, and not for
                longer.
              </p>
            )}
            <Panel title="Links">
              <Table
                label="Links"
                columns={linkColumns(at)}
                rows={rows}
                keyOf={({ node }) => node}
                toneOf={({ pubsub }) => (pubsub.state === "up" ? undefined : "warn")}
                empty="No node has answered."
              />
            </Panel>
            <Panel title="Missed" note="Row: who has missed broadcasts. Column: from whom.">
              <Missed rows={rows} />
            </Panel>
            <Panel title="Lost" note="By the reason, since the node runs.">
              <Table
                label="Lost"
                rows={lost}
                keyOf={({ node, reason }) => `${node} ${reason}`}
                empty="Nothing was lost."
                columns={[
                  { name: "Node", is: "wide", cell: ({ node }) => <ClientText text={node} /> },
                  { name: "Reason", is: "name", cell: ({ reason }) => <ClientText text={reason} /> },
                  { name: "Messages", is: "figure", cell: (row) => count(row.count) },
                ]}
              />
            </Panel>
          </>
        );
      }}
    </ViewFrame>
  );
}

/** Who has missed how much from whom. Nodes that have left since are among the columns. */
function Missed({ rows }: { readonly rows: readonly Row[] }) {
  const senders = [...new Set(rows.flatMap(({ missed }) => missed.map(({ from }) => from)))].sort();
  if (senders.length === 0) return <p className="empty">No node has missed a broadcast.</p>;
  return (
    <Table
      label="Missed"
      rows={rows}
      keyOf={({ node }) => node}
      empty="No node has answered."
      columns={[
        { name: "Node", is: "name", cell: ({ node }) => <ClientText text={node} /> },
        ...senders.map((from): Column<Row> => ({
          name: from,
          is: "wide",
          cell: ({ missed, node }) =>
            node === from ? "–" : count(missed.find((one) => one.from === from)?.count ?? 0),
        })),
      ]}
    />
  );
}
