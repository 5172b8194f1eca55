/** A contract as a page: its topics, events and payloads in tables. */
import type { JsonSchema } from "./json-schema.ts";
import type { ContractChannel, ContractEvent, ContractPush, ContractSocket } from "./model.ts";
import { code, payload, table } from "./markdown/payload.ts";
import { readContract } from "./read.ts";

/** Throws `WB_CONTRACT` for a document that is not a contract. */
export function markdownOf(document: unknown): string {
  const { title, version, sockets, schemas } = readContract(document);
  const types = Object.entries(schemas).map(([name, schema]) => `### ${name}\n\n${payload(schema)}`);
  const parts = [
    `# ${title} ${version}`,
    "The topics and events of this application, as its server declares them. `wingbeat contract --format md` wrote this page.",
    ...sockets.flatMap((socket) => socketPart(socket)),
    ...(types.length > 0 ? ["## Types", ...types] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function socketPart({ name, websocket, longpoll, authToken, params, channels }: ContractSocket): string[] {
  const paths = [websocket, longpoll].filter((path) => path !== undefined).map(code);
  const at = paths.length === 0 ? "" : ` Clients connect to ${paths.join(" or ")}`;
  const token = authToken ? ", with a token in the handshake" : "";
  return [
    `## Socket ${code(name)}`,
    ...(at === "" ? [] : [`${at.trim()}${token}.`]),
    `Connect params:\n\n${payload(withoutVsn(params))}`,
    ...channels.flatMap((channel) => channelPart(channel)),
  ];
}

/** The version of the protocol is the client's own matter. */
function withoutVsn(params: JsonSchema): JsonSchema {
  const { vsn: _vsn, ...properties } = params.properties ?? {};
  return { ...params, properties };
}

function channelPart(channel: ContractChannel): string[] {
  const { pattern, join, events, pushes, hasOpenPushes, history, dedupe } = channel;
  const marks = [
    ...(history === undefined
      ? []
      : [`It keeps the last ${String(history["size"])} messages for clients that were disconnected.`]),
    ...(dedupe === undefined ? [] : ["It handles pushes with `{ retry: true }` once, however often they are sent."]),
    ...(hasOpenPushes ? ["The server may push further events, which are not declared by schema."] : []),
  ];
  return [
    `## ${code(pattern)}`,
    ...(marks.length > 0 ? [marks.join(" ")] : []),
    summary(events, pushes),
    `### Join ${code(pattern)}`,
    ...eventPart(join),
    ...events.flatMap((event) => [`### Client sends ${code(event.event)}`, ...eventPart(event)]),
    ...pushes.flatMap((push) => [`### Server sends ${code(push.event)}`, ...pushPart(push)]),
  ];
}

function summary(events: readonly ContractEvent[], pushes: readonly ContractPush[]): string {
  const rows = [
    ...events.map(({ event, isEphemeral }) => ["client to server", code(event), isEphemeral ? "ephemeral" : ""]),
    ...pushes.map(({ event, isEphemeral, delivery }) => [
      "server to client",
      code(event),
      isEphemeral ? "ephemeral" : (delivery ?? ""),
    ]),
  ];
  return rows.length === 0 ? "It has no events." : table(["direction", "event", ""], rows);
}

function eventPart({ payload: schema, replies, event, isEphemeral }: ContractEvent): string[] {
  const prefix = event.endsWith("*") ? [`All events that start with ${code(event.slice(0, -1))}.`] : [];
  if (isEphemeral) return [...prefix, payload(schema), "There is no reply."];
  const answers = Object.entries(replies).map(([status, response]) => `Reply ${code(status)}:\n\n${payload(response)}`);
  return [...prefix, payload(schema), ...answers];
}

function pushPart({ payload: schema, delivery }: ContractPush): string[] {
  const note = {
    conflate: "A slow client is sent the newest of each key only.",
    volatile: "A slow client may miss it.",
  };
  return [...(delivery === undefined ? [] : [note[delivery]]), payload(schema)];
}
