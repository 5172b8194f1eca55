import { useCallback } from "react";
import { ClientText } from "../parts/client-text.tsx";
import { Search } from "../parts/search.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { Events } from "../contract.ts";
import { count, duration, percent, rate } from "../format.ts";
import { useView } from "../live/use-view.ts";
import { ask } from "../route.ts";
import type { Route } from "../route.ts";

type Row = Events["rows"][number];

/** What is not as it should be: other outcomes than these. */
const FINE = new Set(["ok", "no reply", "noreply"]);
const failed = ({ outcomes }: Row): number =>
  Object.entries(outcomes).reduce((sum, [name, times]) => (FINE.has(name) ? sum : sum + times), 0);

const SORTS: Readonly<Record<string, (row: Row) => number>> = {
  rate: (row) => row.rate,
  count: (row) => row.count,
  p50: (row) => row.p50,
  p99: (row) => row.p99,
  failed,
};

export function EventsView({ params: { find = "", sort = "rate" } }: Pick<Route, "params">) {
  const live = useView("events", {});
  const by = sort in SORTS ? sort : "rate";
  const search = useCallback((text: string) => ask("events", { find: text, sort: by }), [by]);
  return (
    <ViewFrame
      title="Events"
      lead="Which is slow, and which fails?"
      live={live}
      tools={<Search label="Channel or event contains" value={find} onSearch={search} />}
    >
      {({ data }) => {
        const amount = SORTS[by] ?? failed;
        const rows = data.rows
          .filter(({ pattern, event }) => `${pattern} ${event}`.toLowerCase().includes(find.toLowerCase()))
          .sort((one, other) => amount(other) - amount(one));
        return (
          <Table
            label="Events"
            rows={rows}
            keyOf={({ pattern, event }) => `${pattern} ${event}`}
            of={`${find} ${by}`}
            sort={by}
            onSort={(next) => ask("events", { find, sort: next })}
            toneOf={(row) => (failed(row) > row.count / 20 ? "warn" : undefined)}
            empty={find === "" ? "No message was handled since somebody looks." : "No channel or event contains that."}
            columns={[
              { name: "Channel", is: "wide", cell: ({ pattern }) => <ClientText text={pattern} /> },
              { name: "Event", is: "name", cell: ({ event }) => <ClientText text={event} /> },
              { name: "Per second", is: "figure", sort: "rate", cell: (row) => rate(row.rate) },
              { name: "Times", is: "figure", hide: "small", sort: "count", cell: (row) => count(row.count) },
              { name: "p50", is: "figure", hide: "small", sort: "p50", cell: ({ p50 }) => duration(p50) },
              { name: "p99", is: "figure", sort: "p99", cell: ({ p99 }) => duration(p99) },
              {
                name: "Not ok",
                is: "figure",
                hide: "small",
                sort: "failed",
                cell: (row) => (row.count === 0 ? "–" : percent(failed(row) / row.count)),
              },
              { name: "Outcomes", is: "name", hide: "medium", cell: (row) => <Outcomes row={row} /> },
            ]}
          />
        );
      }}
    </ViewFrame>
  );
}

function Outcomes({ row }: { readonly row: Row }) {
  const outcomes = Object.entries(row.outcomes).sort(([, one], [, other]) => other - one);
  return <ClientText text={outcomes.map(([name, times]) => `${name} ${count(times)}`).join(", ")} />;
}
