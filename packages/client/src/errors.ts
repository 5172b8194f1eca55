/** Why a push has failed. */
export type PushFailure =
  /** The server replied with a status other than `ok`; see `status` and `response`. */
  | "refused"
  /** No reply in time. The server may have handled the message. */
  | "timeout"
  /**
   * The connection was lost, or the channel closed or left, before the reply. A push that was already sent may have
   * been handled, and most likely was: send it again only if handling it twice does no harm, or if the server can
   * detect it (by an id in the payload, say). A push that was still waiting for its join was not sent.
   */
  | "closed"
  /** The channel crashed on the server before it answered. */
  | "crashed"
  /** Its AbortSignal was aborted. */
  | "aborted"
  /** Too many pushes are waiting, or the storage of the outbox is full (`cause`): this one is not sent. */
  | "buffer_full"
  // Only of pushes with `retry: true`:
  /** The server has handled it, and has not kept the reply for so long. */
  | "expired"
  /** Nobody knows whether it was handled, or how far. Look at the state before you push it again. */
  | "unknown"
  /** The server, or its channel, does not take such pushes: it is not sent. */
  | "not_supported"
  /** It was not sent within the `maxAge` of the outbox. */
  | "too_old";

interface PushErrorDetail {
  readonly topic: string;
  readonly event: string;
  readonly status?: string | undefined;
  readonly response?: unknown;
  readonly cause?: unknown;
  /** What the message says of it, where this file does not know. */
  readonly why?: string | undefined;
}

/** What `await channel.join()` and `await channel.push(...)` throw. */
export class PushError extends Error {
  override readonly name = "PushError";
  declare readonly reason: PushFailure;
  declare readonly topic: string;
  declare readonly event: string;
  /** With `refused`: the status of the reply, `error` by convention. */
  declare readonly status: string | undefined;
  /** With `refused`: the response, as `.receive("error", ...)` gets it. */
  declare readonly response: unknown;

  /** Also true for an error of another copy of this package: a page may have bundled two. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== PushError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return (value as { readonly name?: unknown } | null | undefined)?.name === "PushError";
  }

  constructor(reason: PushFailure, { cause, why = reason, ...detail }: PushErrorDetail) {
    const { topic, event, response } = detail;
    // By convention a refusal is `{reason: "..."}`.
    const said = (response as { readonly reason?: unknown } | null | undefined)?.reason;
    const text = typeof said === "string" && reason === "refused" ? said.slice(0, 200) : why;
    super(`"${event}" on "${topic}" failed: ${text}`, cause === undefined ? {} : { cause });
    Object.assign(this, detail, { reason });
  }
}
