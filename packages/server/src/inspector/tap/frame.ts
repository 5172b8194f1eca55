/** Messages as frames of a tap. What clients have sent may be any JSON value, of any size. */
import { DecodeError, v1Client, v1Server, v2Client } from "@wingbeat/protocol";
import type { ClientMessage, FrameData, Message, ServerCodec } from "@wingbeat/protocol";
import type { Filter } from "../../telemetry/filter.ts";
import { printable } from "../../telemetry/printable.ts";
import type { TapFrame } from "../model.ts";
import { contentOf, shapeOf } from "./shape.ts";

const MAX_NAME = 1_024;
const MAX_REF = 100;
/** Larger frames that go out are not decoded again: of them only topic, event and size are shown. */
const MAX_DECODED = 64 * 1024;
/** Topic and event are looked for in so many characters of them. */
const HEAD = 4_096;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
/** A frame whose outcome may still be filled in. */
export type OpenFrame = Mutable<TapFrame>;

const nameOf = (value: unknown): string =>
  typeof value === "string" ? printable(value, MAX_NAME) : `(${shapeOf(value)})`;

function refOf(ref: unknown): string | null {
  if (ref === null || ref === undefined) return null;
  return typeof ref === "string" || typeof ref === "number" ? printable(String(ref), MAX_REF) : `(${shapeOf(ref)})`;
}

/** A message of a client. `filter`: its payload is shown. */
export function inFrame(
  node: string,
  key: number,
  id: string | null,
  { topic, event, ref, payload }: ClientMessage,
  bytes: number,
  at: number,
  filter?: Filter,
): OpenFrame {
  return {
    at,
    node,
    direction: "in",
    key,
    id,
    topic: typeof topic === "string" ? topic : nameOf(topic),
    event: nameOf(event),
    ref: refOf(ref),
    bytes,
    payload: filter === undefined ? shapeOf(payload) : contentOf(payload, filter),
    outcome: null,
    duration: null,
  };
}

/** A message to clients, decoded as they would. Undefined parts: it is of another dialect, or too large. */
export interface Sent {
  readonly topic: string | undefined;
  readonly event: string;
  readonly ref: unknown;
  /** The same for all that are on the topic. */
  readonly isBroadcast: boolean;
  /** Undefined: too large to be decoded again. */
  readonly payload: { readonly value: unknown } | undefined;
}

/** Reads what was sent to a client. Never throws. */
export function readSent(codec: ServerCodec, data: FrameData): Sent {
  const isV1 = codec === v1Server;
  try {
    if (data.length > MAX_DECODED) return headOf(isV1, data);
    const { topic, event, joinRef, ref, payload }: Message = (isV1 ? v1Client : v2Client).decode(data);
    return { topic, event, ref, isBroadcast: joinRef === null && ref === null, payload: { value: payload } };
  } catch (error) {
    return unread(error instanceof DecodeError ? "(another dialect)" : "(unreadable)");
  }
}

const unread = (event: string): Sent => ({
  topic: undefined,
  event,
  ref: null,
  isBroadcast: false,
  payload: undefined,
});

const TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;
const V2_HEAD = new RegExp(String.raw`^\[(?:null|${TEXT}),(?:null|${TEXT}),${TEXT},${TEXT},`);

/** Topic and event of a large frame, without decoding it. */
function headOf(isV1: boolean, data: FrameData): Sent {
  const found = isV1 || typeof data !== "string" ? null : V2_HEAD.exec(data.slice(0, HEAD));
  if (found === null) return unread("(too large)");
  const textOf = (text: string | undefined): string => JSON.parse(`"${text ?? ""}"`) as string;
  return {
    topic: textOf(found[3]),
    event: textOf(found[4]),
    ref: found[2] === undefined ? null : textOf(found[2]),
    isBroadcast: found[1] === undefined && found[2] === undefined,
    payload: undefined,
  };
}

/** A message to a client. Null `process`: to all that are on the topic. */
export function outFrame(
  node: string,
  to: { readonly key: number; readonly id: string | null } | null,
  { topic = "", event, ref, payload }: Sent,
  bytes: number,
  at: number,
  filter?: Filter,
): TapFrame {
  const shown =
    payload === undefined
      ? `${bytes} bytes`
      : filter === undefined
        ? shapeOf(payload.value)
        : contentOf(payload.value, filter);
  return {
    at,
    node,
    direction: "out",
    key: to?.key ?? null,
    id: to?.id ?? null,
    topic,
    event: nameOf(event),
    ref: refOf(ref),
    bytes,
    payload: shown,
    outcome: null,
    duration: null,
  };
}
