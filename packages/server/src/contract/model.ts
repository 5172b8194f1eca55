/** A contract without the form of AsyncAPI: what is written to a document, and read from it. */
import type { JsonSchema, Schemas } from "./json-schema.ts";

export interface Contract {
  readonly title: string;
  readonly version: string;
  readonly sockets: readonly ContractSocket[];
  readonly schemas: Schemas;
}

export interface ContractSocket {
  /** The path that it is mounted on; of a socket without one, its name. */
  readonly name: string;
  /** The path of WebSocket, e.g. `/socket/websocket`. Undefined: not mounted, or not with WebSocket. */
  readonly websocket: string | undefined;
  readonly longpoll: string | undefined;
  /** The mount reads a token from the handshake. */
  readonly authToken: boolean;
  /** What clients connect with, `vsn` included. */
  readonly params: JsonSchema;
  readonly channels: readonly ContractChannel[];
}

export interface ContractChannel {
  /** `lobby`, `room:*` or `room:{id}`. */
  readonly pattern: string;
  readonly join: ContractEvent;
  /** What clients send. */
  readonly events: readonly ContractEvent[];
  /** What clients are sent. */
  readonly pushes: readonly ContractPush[];
  /** Clients may be sent other events, too: they are declared by type alone, or not at all. */
  readonly hasOpenPushes: boolean;
  readonly history: Readonly<Record<string, unknown>> | undefined;
  readonly dedupe: Readonly<Record<string, unknown>> | undefined;
}

export interface ContractEvent {
  /** Its name, `phx_join`, or a prefix pattern: `reaction:*`. */
  readonly event: string;
  readonly payload: JsonSchema;
  /** The responses by status. Without one of a status there is no reply of it. */
  readonly replies: Readonly<Partial<Record<ReplyStatus, JsonSchema>>>;
  readonly isEphemeral: boolean;
}

export type ReplyStatus = "ok" | "error";
export const REPLY_STATUSES: readonly ReplyStatus[] = ["ok", "error"];

export interface ContractPush {
  readonly event: string;
  readonly payload: JsonSchema;
  /** What a slow client may miss. Undefined: nothing. */
  readonly delivery: "conflate" | "volatile" | undefined;
  readonly isEphemeral: boolean;
}

/** Something that a contract does not say, because the definitions do not. */
export interface OpenPart {
  /** The path of the socket. */
  readonly socket: string;
  /** The pattern of the channel. Undefined: the socket itself. */
  readonly channel: string | undefined;
  readonly event: string | undefined;
  readonly what: "params" | "payload" | "reply" | "error" | "pushes";
}
