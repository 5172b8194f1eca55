/** Why a push has failed. */
export type PushFailure =
  /** The server answered with another status than `ok`; `status` and `response` say what. */
  | "refused"
  /** No answer in time. The server may have handled the message. */
  | "timeout"
  /** The connection was lost, or the channel closed or left. A message that was under way may have been handled. */
  | "closed"
  /** The channel crashed on the server before it answered. */
  | "crashed"
  /** The AbortSignal said so. */
  | "aborted"
  /** Too many pushes are waiting for the channel to be joined: this one is not sent. */
  | "buffer_full";

interface PushErrorDetail {
  readonly topic: string;
  readonly event: string;
  readonly status?: string;
  readonly response?: unknown;
  readonly cause?: unknown;
}

/** What `await channel.join()` and `await channel.push(...)` throw. */
export class PushError extends Error {
  override readonly name = "PushError";
  readonly reason: PushFailure;
  readonly topic: string;
  readonly event: string;
  /** With `refused`: the status of the reply, `error` by convention. */
  readonly status: string | undefined;
  /** With `refused`: the response, as `.receive("error", ...)` gets it. */
  readonly response: unknown;

  constructor(reason: PushFailure, detail: PushErrorDetail) {
    super(describe(reason, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.reason = reason;
    this.topic = detail.topic;
    this.event = detail.event;
    this.status = detail.status;
    this.response = detail.response;
  }
}

function describe(reason: PushFailure, { topic, event, response }: PushErrorDetail): string {
  const what = `"${event}" on "${topic}"`;
  switch (reason) {
    case "refused":
      return `${what} was refused: ${reasonOf(response)}`;
    case "timeout":
      return `${what} was not answered in time`;
    case "closed":
      return `${what} got no answer: the channel or its connection was closed`;
    case "crashed":
      return `${what} got no answer: the channel crashed on the server`;
    case "aborted":
      return `${what} was aborted`;
    case "buffer_full":
      return `${what} was not sent: too many pushes are waiting for the channel to be joined (option bufferLimit)`;
  }
}

/** By convention a refusal is `{reason: "..."}`. */
function reasonOf(response: unknown): string {
  const reason = (response as { readonly reason?: unknown } | null)?.reason;
  return typeof reason === "string" ? reason : (JSON.stringify(response) ?? "without a reason");
}
