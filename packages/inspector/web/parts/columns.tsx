/** Columns and links that several views have. */
import type { ConnectionKey, ConnectionRow } from "../contract.ts";
import { ago, bytes, count } from "../format.ts";
import { hrefOf } from "../route.ts";
import { Badge } from "./badge.tsx";
import { ClientText } from "./client-text.tsx";
import type { Column } from "./table.tsx";

export function ConnectionLink({ to }: { readonly to: ConnectionKey & { readonly id: string | null } }) {
  return (
    <a href={hrefOf("connection", { node: to.node, key: to.key })}>
      <ClientText text={to.id} none={`no id, #${to.key}`} />
    </a>
  );
}

export function TopicLink({ topic }: { readonly topic: string }) {
  return (
    <a href={hrefOf("topic", { topic })}>
      <ClientText text={topic} />
    </a>
  );
}

export const connectionKey = ({ node, key }: ConnectionKey): string => `${node} ${key}`;

/** `now`: of the answer. */
export const connectionColumns = (now: number): readonly Column<ConnectionRow>[] => [
  { name: "Id", is: "name", cell: (row) => <ConnectionLink to={row} /> },
  { name: "Node", hide: "small", is: "wide", cell: ({ node }) => <ClientText text={node} /> },
  { name: "Path", hide: "medium", cell: ({ path }) => <ClientText text={path} /> },
  { name: "Transport", hide: "medium", cell: ({ transport }) => <ClientText text={transport} /> },
  { name: "Since", sort: "newest", is: "figure", cell: ({ connectedAt }) => ago(connectedAt, now) },
  { name: "Channels", sort: "channels", is: "figure", cell: ({ channels }) => count(channels) },
  {
    name: "Buffered",
    sort: "buffered",
    is: "figure",
    hint: "Bytes that wait for the client to read them",
    cell: ({ bufferedBytes }) => bytes(bufferedBytes),
  },
  {
    name: "Waiting",
    is: "figure",
    hide: "medium",
    hint: "Bytes of its messages that wait for busy channels",
    cell: ({ waitingBytes }) => bytes(waitingBytes),
  },
  {
    name: "State",
    hide: "small",
    hint: "Not read: the server has stopped reading from it, because its channels are busy",
    cell: ({ paused }) => paused && <Badge tone="warn">not read</Badge>,
  },
];
