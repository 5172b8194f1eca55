import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const MICROSECONDS = 1_000_000;

let ticksPerSecond = 0;

/** Whether this system reports what a process has used (Linux does, in /proc). */
export function canReadUsage(): boolean {
  return existsSync("/proc/self/stat");
}

/** The CPU time that a process has used, all of its threads, user and system, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the program's name in parentheses, which may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  ticksPerSecond ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return (ticks * MICROSECONDS) / ticksPerSecond;
}

/** The memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (line === null) throw new Error(`process ${pid} reports no resident size`);
  return Number(line[1]) * 1024;
}
