/** The commands to the two nodes, and their answers. */

export type Role = "sender" | "receiver";

/** `latency`: back and forth, one at a time. `load`: as fast as it goes. `unwanted`: the same, on a topic without subscribers. */
export type TestName = "latency" | "load" | "unwanted";

export interface Order {
  readonly test: TestName;
  readonly role: Role;
  readonly count: number;
}

export interface Result {
  /** CPU time of the process, user and system, in µs. */
  readonly cpu: number;
  /** Of the sender: ms from the first message to the last confirmation. */
  readonly duration: number;
  /** Of the sender in `latency`: µs of each way back and forth. */
  readonly roundTrips: readonly number[];
}
