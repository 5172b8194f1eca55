import { useCallback } from "react";
import { Bar } from "../parts/bar.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { TopicLink } from "../parts/columns.tsx";
import { Search } from "../parts/search.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import { count, rate } from "../format.ts";
import { useView } from "../live/use-view.ts";
import { ask, hrefOf } from "../route.ts";
import type { Route } from "../route.ts";

export function TopicsView({ params: { topic = "", sort = "subscribers" } }: Pick<Route, "params">) {
  const by = sort === "rate" ? "rate" : "subscribers";
  const live = useView("topics", { ...(topic !== "" && { topic }), sort: by });
  const search = useCallback((text: string) => ask("topics", { topic: text, sort: by }), [by]);
  return (
    <ViewFrame
      title="Topics"
      lead="Which is hot, who is on it, and on which nodes?"
      live={live}
      tools={<Search label="Topic begins with" value={topic} onSearch={search} />}
    >
      {({ data: { rows, total } }, { of }) => {
        const most = Math.max(0, ...rows.map(({ subscribers }) => subscribers));
        return (
          <>
            <p className="note" role="status">
              {total > rows.length
                ? `${count(rows.length)} of at least ${count(total)}: search for others by their beginning.`
                : `${count(total)} with subscribers.`}
              {topic !== "" && (
                <>
                  {" "}
                  <a href={hrefOf("topic", { topic })}>Open exactly this topic</a>
                </>
              )}
            </p>
            <Table
              label="Topics"
              rows={rows}
              keyOf={(row) => row.topic}
              of={of}
              sort={by}
              onSort={(next) => ask("topics", { topic, sort: next })}
              empty={
                topic === ""
                  ? "No topic has subscribers. Clients join channels, and are subscribed to their topics."
                  : "No topic that begins so has subscribers."
              }
              columns={[
                { name: "Topic", is: "name", cell: (row) => <TopicLink topic={row.topic} /> },
                {
                  name: "Nodes",
                  is: "wide",
                  hide: "small",
                  cell: ({ nodes }) => <ClientText text={nodes.join(", ")} />,
                },
                {
                  name: "Subscribers",
                  is: "figure",
                  sort: "subscribers",
                  cell: ({ subscribers }) => count(subscribers),
                },
                { name: "Broadcasts/s", is: "figure", sort: "rate", cell: (row) => rate(row.rate) },
                { name: "Share", hide: "medium", cell: ({ subscribers }) => <Bar value={subscribers} of={most} /> },
              ]}
            />
          </>
        );
      }}
    </ViewFrame>
  );
}
