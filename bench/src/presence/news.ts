/** Presence messages of servers, in both protocols. Pure. */
import type { ProtocolName } from "../load/protocols.ts";

/** `state`: these many, all at once. `joins`: so many more. `count`: how many, without saying who. */
export interface News {
  kind: "state" | "joins" | "count";
  people: number;
}

/** Reads a frame. Undefined: it tells of nobody, or of somebody who goes. */
export type ReadNews = (frame: string) => News | undefined;

const EVENT = "42";

function readPhoenix(frame: string): News | undefined {
  const [, , , event, payload] = JSON.parse(frame) as [unknown, unknown, string, string, Record<string, object>];
  switch (event) {
    case "presence_state":
      return { kind: "state", people: sizeOf(payload) };
    case "presence_diff":
      return sizeOf(payload["leaves"]) === 0 ? { kind: "joins", people: sizeOf(payload["joins"]) } : undefined;
    case "presence_count":
      return { kind: "count", people: Number(payload["count"]) };
    default:
      return undefined;
  }
}

function readSocketio(frame: string): News | undefined {
  if (!frame.startsWith(EVENT)) return undefined;
  const [event, told] = JSON.parse(frame.slice(EVENT.length)) as [string, unknown];
  if (event === "users") return { kind: "state", people: (told as unknown[]).length };
  return event === "user joined" ? { kind: "joins", people: 1 } : undefined;
}

function sizeOf(people: object | undefined): number {
  return Object.keys(people ?? {}).length;
}

export const readNews: Readonly<Partial<Record<ProtocolName, ReadNews>>> = {
  phoenix: readPhoenix,
  socketio: readSocketio,
};
