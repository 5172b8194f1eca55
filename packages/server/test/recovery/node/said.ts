/** What is said on the channels of these tests. */

export interface Said {
  readonly id: string;
  /** Clients from which `handleOut` hides it. */
  readonly hidden: readonly string[];
  readonly padding: string;
}

export const toBytes = (said: Said): Uint8Array => new TextEncoder().encode(JSON.stringify(said));

/** What a payload says, JSON or bytes. */
export function saidIn(payload: unknown): Said {
  const isBytes = payload instanceof Uint8Array || payload instanceof ArrayBuffer;
  return isBytes ? (JSON.parse(new TextDecoder().decode(payload)) as Said) : (payload as Said);
}

/** What a client asks a node to say: with `publish`, which is awaited, with `broadcast`, or to all but itself. */
export interface Wish {
  readonly how: "publish" | "broadcast" | "from";
}
