/** A test of the suite, and how it says what it expects. */
import { isDeepStrictEqual } from "node:util";
import { WingbeatError } from "../../errors.ts";
import type { PubSubAdapter } from "../../pubsub.ts";
import { show } from "../match.ts";
import type { PubSubCluster } from "./cluster.ts";

export interface SuiteCase {
  readonly title: string;
  /** Makes the adapters of this test. Default: those of its group. */
  readonly adapters?: () => readonly PubSubAdapter[];
  run(cluster: PubSubCluster): void | Promise<void>;
}

/** Throws `WB_ASSERTION` unless the values are equal at every depth. Bytes may be any kind of `Uint8Array`. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(withPlainBytes(actual), withPlainBytes(expected))) return;
  throw new WingbeatError("WB_ASSERTION", `${what}\n  expected  ${show(expected)}\n  actual    ${show(actual)}`);
}

/** A `Buffer` is a `Uint8Array` too, but not strictly equal to one. */
function withPlainBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(withPlainBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withPlainBytes(part)]));
}
