/** Messages between the primary and its workers. */
export interface ClusterControl {
  /** `ready`: a worker has started. `drain`: it must close and exit. */
  readonly wingbeat: "cluster.ready" | "cluster.drain";
}

export function isControl(message: unknown, kind: ClusterControl["wingbeat"]): boolean {
  return typeof message === "object" && message !== null && "wingbeat" in message && message.wingbeat === kind;
}
