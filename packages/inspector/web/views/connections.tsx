import { useCallback } from "react";
import { connectionColumns, connectionKey } from "../parts/columns.tsx";
import { Search } from "../parts/search.tsx";
import { Table } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { ConnectionsQuery } from "../contract.ts";
import { count } from "../format.ts";
import { useOverview } from "../live/overview.tsx";
import { useView } from "../live/use-view.ts";
import { ask } from "../route.ts";
import type { Route } from "../route.ts";

const SORTS = ["newest", "buffered", "channels"] as const;

export function ConnectionsView({ params: { id = "", node = "", sort = "newest" } }: Pick<Route, "params">) {
  const by = SORTS.find((one) => one === sort) ?? "newest";
  const query: ConnectionsQuery = { ...(id !== "" && { id }), ...(node !== "" && { node }), sort: by };
  const live = useView("connections", query);
  const names = useOverview().live.seen?.answer.data.nodes.map(({ name }) => name) ?? [];
  const search = useCallback((text: string) => ask("connections", { id: text, node, sort: by }), [node, by]);
  return (
    <ViewFrame
      title="Connections"
      lead="Is this user on, where, and how?"
      live={live}
      tools={
        <>
          <Search label="Id begins with" value={id} onSearch={search} />
          <label className="pick">
            <span>Node</span>
            <select value={node} onChange={(event) => ask("connections", { id, sort: by, node: event.target.value })}>
              <option value="">All nodes</option>
              {[...new Set([...names, ...(node === "" ? [] : [node])])].map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      {({ at, data: { rows, total } }, { of }) => (
        <>
          <p className="note" role="status">
            {rows.length < total
              ? `${count(rows.length)} of ${count(total)}: search for the beginning of an id to see others.`
              : `${count(total)} connected.`}
          </p>
          <Table
            label="Connections"
            columns={connectionColumns(at)}
            rows={rows}
            keyOf={connectionKey}
            of={of}
            sort={by}
            onSort={(next) => ask("connections", { id, node, sort: next })}
            toneOf={({ paused }) => (paused ? "warn" : undefined)}
            empty={
              id === "" && node === ""
                ? "Nobody is connected. Refusals says who was refused, and why."
                : "Nobody who is connected matches. Ids are matched from their beginning, with capitals as they are."
            }
          />
        </>
      )}
    </ViewFrame>
  );
}
