import { channelColumns } from "./connection.tsx";
import { ConnectionLink, connectionColumns, connectionKey } from "../parts/columns.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { ConnectionRow, Pressure } from "../contract.ts";
import { useView } from "../live/use-view.ts";

type Busy = Pressure["busy"][number];

const busyColumns: readonly Column<Busy>[] = [
  { name: "Id", is: "name", cell: (row) => <ConnectionLink to={row} /> },
  ...channelColumns
    .filter(({ name }) => ["Topic", "Running", "Waiting"].includes(name))
    .map((column) => ({ ...column, cell: ({ channel }: Busy) => column.cell(channel) })),
];

export function PressureView() {
  const live = useView("pressure", {});
  return (
    <ViewFrame
      title="Pressure"
      lead="Who is slow: clients that do not read, or channels that do not finish?"
      live={live}
    >
      {({ at, data }) => {
        const columns: readonly Column<ConnectionRow>[] = connectionColumns(at);
        return (
          <>
            <Panel
              title="Slow clients"
              note="Those for which the most bytes are buffered. Beyond maxBufferedBytes they are closed with 1013."
            >
              <Table
                label="Slow clients"
                columns={columns}
                rows={data.slow}
                keyOf={connectionKey}
                empty="Everybody reads as fast as they are sent to."
              />
            </Panel>
            <Panel
              title="Connections that are not read"
              note="Their channels are busy, so the server has stopped reading from them."
            >
              <Table
                label="Connections that are not read"
                columns={columns}
                rows={data.paused}
                keyOf={connectionKey}
                empty="The server reads from everybody."
              />
            </Panel>
            <Panel title="Busy channels" note="Those with the most messages in their mailbox.">
              <Table
                label="Busy channels"
                columns={busyColumns}
                rows={data.busy}
                keyOf={(row) => `${connectionKey(row)} ${row.channel.topic}`}
                empty="No message waits for a channel."
              />
            </Panel>
          </>
        );
      }}
    </ViewFrame>
  );
}
