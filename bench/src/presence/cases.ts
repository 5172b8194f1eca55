/** What is measured, one after another, each with a server of its own. */
import type { ServerProgram } from "../servers.ts";

/** `none`: users join, without presence. `everybody`: all are told of all. `count`: all are told how many. */
export type Mode = "none" | "everybody" | "count";

export interface Case {
  server: "wingbeat" | "socketio";
  mode: Mode;
  users: number;
}

/** Ours and the peer's with `peerUsers`, then ours alone with `users`. The peer has no way to be told a count only. */
export function casesFor(users: number, peerUsers: number): Case[] {
  const ours = (count: number): Case[] =>
    (["none", "everybody", "count"] as const).map((mode) => ({ server: "wingbeat", mode, users: count }));
  const theirs = (["none", "everybody"] as const).map((mode): Case => ({ server: "socketio", mode, users: peerUsers }));
  return [...ours(peerUsers), ...theirs, ...(users === peerUsers ? [] : ours(users))];
}

export function programOf({ server, mode }: Case): ServerProgram {
  const protocol = server === "wingbeat" ? "phoenix" : "socketio";
  return { script: `./presence/servers/${server}.js`, protocol, args: [mode] };
}
