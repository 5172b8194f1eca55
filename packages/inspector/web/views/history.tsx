import { Badge } from "../parts/badge.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { TopicLink } from "../parts/columns.tsx";
import { Facts } from "../parts/facts.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import { count, span } from "../format.ts";
import { useView } from "../live/use-view.ts";

export function HistoryView() {
  const live = useView("history", {});
  return (
    <ViewFrame title="History" lead="Do clients that come back get what they have missed?" live={live}>
      {({ at, data }) => {
        const { store, rows, published, failed, recovered, notRecovered, gaps, repaired } = data;
        if (store === null) {
          return (
            <p className="empty">
              No channel keeps a history. .history() on a channel does, and this page then shows its positions.
            </p>
          );
        }
        return (
          <>
            <Facts
              facts={[
                ["Store", store.store],
                [
                  "State",
                  <span key="state">
                    <Badge tone={store.state === "up" ? "good" : "bad"}>{store.state}</Badge> {span(at - store.since)}
                  </span>,
                ],
                ...(store.reason === undefined
                  ? []
                  : ([["Why", <ClientText key="why" text={store.reason} wrap max={500} />]] as const)),
                ["Published", count(published)],
                ["Not stored", <Figure key="failed" value={failed} />],
                ["Clients caught up", count(recovered)],
                ["Could not", <Figure key="not" value={notRecovered} />],
                ["Gaps found", count(gaps)],
                ["Gaps filled", count(repaired)],
              ]}
            />
            <Panel title="Topics" note="Counts are since somebody looks.">
              <Table
                label="Topics with a history"
                rows={rows}
                keyOf={({ topic, epoch }) => `${topic} ${epoch}`}
                empty="Nobody follows a topic that has a history."
                columns={[
                  { name: "Topic", is: "name", cell: ({ topic }) => <TopicLink topic={topic} /> },
                  { name: "Epoch", hide: "medium", is: "wide", cell: ({ epoch }) => <ClientText text={epoch} /> },
                  { name: "Offset", is: "figure", cell: ({ offset }) => count(offset) },
                  {
                    name: "In memory",
                    is: "figure",
                    hint: "Messages that this node keeps of it",
                    cell: ({ kept }) => count(kept),
                  },
                  {
                    name: "Nodes",
                    hide: "small",
                    is: "wide",
                    cell: ({ nodes }) => <ClientText text={nodes.join(", ")} />,
                  },
                ]}
              />
            </Panel>
          </>
        );
      }}
    </ViewFrame>
  );
}

/** A count that should be zero. */
function Figure({ value }: { readonly value: number }) {
  return value === 0 ? <>0</> : <Badge tone="warn">{count(value)}</Badge>;
}
