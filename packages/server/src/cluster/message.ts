/** What the primary and its workers tell each other about themselves. */
export interface ClusterControl {
  /** `ready`: a worker has started. `drain`: it shall close and end. */
  readonly wingbeat: "cluster.ready" | "cluster.drain";
}

export function isControl(message: unknown, kind: ClusterControl["wingbeat"]): boolean {
  return typeof message === "object" && message !== null && "wingbeat" in message && message.wingbeat === kind;
}
