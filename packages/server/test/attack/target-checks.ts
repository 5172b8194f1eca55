/** Starts the target, and says what of its promises has not been kept. */
import { WEBSOCKET_LIMITS } from "../../src/endpoint/config.ts";
import { SOCKET_LIMITS } from "../../src/socket.ts";
import { Child } from "./child.ts";
import type { Fork } from "./child.ts";
import { inMB } from "./campaign.ts";
import type { TargetPorts, TargetSettings } from "./target/main.ts";
import type { TargetFigures } from "./target/recorder.ts";

export type { TargetPorts } from "./target/main.ts";
export type { TargetFigures } from "./target/recorder.ts";

export interface Target {
  readonly child: Child;
  readonly ports: TargetPorts;
  /** Bytes of memory before the attack. */
  readonly settled: number;
}

export async function startTarget(settings: TargetSettings, fork?: Fork): Promise<Target> {
  const child = await Child.start("target/main.ts", settings, fork);
  return { child, ports: await child.ask("ports"), settled: await child.ask("rest") };
}

const MB = 1024 * 1024;
/** What compiled code, caches and the log may add to the heap for good. */
const MAX_GROWTH = 24 * MB;
/** What a frame may write into the log, on average: a line of text or two, and a stack for a crash. */
const MAX_LOG_PER_FRAME = 4_096;

/**
 * A client that has gone while it was not read is noticed by its silence: `websocket.timeout`, with time to close. A callback
 * that never settles is held, with what waits for it, until it is reported: `slowCallback`.
 */
const PATIENCE = WEBSOCKET_LIMITS.timeout * 1.1 + SOCKET_LIMITS.slowCallback + 15_000;

/** TCP connections of a target that has no clients: the two that listen, and the IPC channel is none. */
export const LISTENING = 2;

/**
 * The figures of a target that lives; waits until all but `bystanders` of its clients have gone, of TCP connections all but
 * `sockets`, and until their memory is given back.
 */
export async function settledFigures(
  { child, settled }: Target,
  bystanders: number,
  sockets = Infinity,
): Promise<TargetFigures | undefined> {
  for (const deadline = performance.now() + PATIENCE; child.end === undefined;) {
    const figures = await child.ask<TargetFigures>("figures").catch(() => undefined);
    if (figures === undefined || performance.now() > deadline) return figures;
    const isGone = figures.connections <= bystanders && figures.sockets <= sockets;
    if (isGone && figures.memory.settled - settled <= MAX_GROWTH) return figures;
    await new Promise((resolve) => setTimeout(resolve, isGone ? 2_000 : 200));
  }
  return undefined;
}

/** All promises that every part asks for: the process lives, nothing is left behind, the log is the log. */
export function violationsOf(
  target: Target,
  figures: TargetFigures | undefined,
  bystanders: number,
  frames: number,
): string[] {
  const { child, settled } = target;
  if (figures === undefined) return [`the target has ended with ${child.end ?? "no answer"}`];
  const violations = figures.warnings.map((warning) => `a warning of the process: ${warning}`);
  for (const line of [...child.log.forged, ...figures.log.forged])
    violations.push(`a client has written a line of the log: ${line}`);
  const growth = figures.memory.settled - settled;
  if (growth > MAX_GROWTH) violations.push(`memory has grown by ${inMB(growth)} for good`);
  if (figures.connections > bystanders) violations.push(`${figures.connections - bystanders} connections are left`);
  const perFrame = (child.log.bytes + figures.log.bytes) / Math.max(1, frames);
  if (perFrame > MAX_LOG_PER_FRAME) violations.push(`the log has grown by ${perFrame.toFixed(0)} bytes per frame`);
  return violations;
}
