import { Bar } from "../parts/bar.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import { ago, count } from "../format.ts";
import { useView } from "../live/use-view.ts";
import { CLOSES, STAGES } from "./meanings.ts";

export function DoorsView() {
  const live = useView("doors", {});
  return (
    <ViewFrame title="Refusals and closes" lead="Why can they not connect, and why do connections end?" live={live}>
      {({ at, data: { refusals, closes } }) => {
        const most = Math.max(0, ...refusals.map((row) => row.count));
        const mostCloses = Math.max(0, ...closes.map((row) => row.count));
        return (
          <>
            <Panel title="Refusals" note="Since somebody looks, an hour at most.">
              <Table
                label="Refusals"
                rows={refusals}
                keyOf={({ stage, reason }) => `${stage} ${reason}`}
                empty="Nobody was refused. If clients still cannot connect, they do not reach this server: look at the proxy."
                columns={[
                  { name: "Stage", cell: ({ stage }) => stage },
                  { name: "Reason", is: "name", cell: ({ reason }) => <ClientText text={reason} none="not told" /> },
                  { name: "What it means", is: "name", hide: "small", cell: ({ stage }) => STAGES[stage] ?? "" },
                  { name: "Last", is: "figure", cell: ({ lastAt }) => ago(lastAt, at) },
                  { name: "Times", is: "figure", cell: (row) => count(row.count) },
                  { name: "Share", hide: "medium", cell: (row) => <Bar value={row.count} of={most} /> },
                ]}
              />
            </Panel>
            <Panel title="Closed connections">
              <Table
                label="Closed connections"
                rows={closes}
                keyOf={({ code, reason }) => `${code} ${reason}`}
                empty="No connection has ended since somebody looks."
                columns={[
                  { name: "Code", cell: ({ code }) => code },
                  { name: "Reason", is: "name", cell: ({ reason }) => <ClientText text={reason} /> },
                  { name: "What it means", is: "name", hide: "small", cell: ({ code }) => CLOSES[code] ?? "" },
                  { name: "Last", is: "figure", cell: ({ lastAt }) => ago(lastAt, at) },
                  { name: "Times", is: "figure", cell: (row) => count(row.count) },
                  { name: "Share", hide: "medium", cell: (row) => <Bar value={row.count} of={mostCloses} /> },
                ]}
              />
            </Panel>
          </>
        );
      }}
    </ViewFrame>
  );
}
