/** One HTTP request of a long poll. The server's HTTP status says nothing: its answer is in the body. */

export interface Answer {
  /** As in the body; 500 when there was no answer that could be read. */
  readonly status: number | "timeout";
  /** Of the session. */
  readonly token: string | undefined;
  /** Encoded messages, oldest first. */
  readonly messages: readonly string[];
}

/** Always fulfilled. `timeout` in milliseconds, 0 for none; to end the request early is up to the init's signal. */
export function request(url: string, init: RequestInit, timeout: number): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = timeout > 0 ? setTimeout(() => resolve(without("timeout")), timeout) : undefined;
    fetch(url, init)
      .then((response) => response.json())
      .then(answerOf, () => without(500))
      .then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
  });
}

const without = (status: Answer["status"]): Answer => ({ status, token: undefined, messages: [] });

function answerOf(body: unknown): Answer {
  const { status, token, messages } = (body ?? {}) as { readonly [Name in keyof Answer]?: unknown };
  return {
    status: typeof status === "number" ? status : 500,
    token: typeof token === "string" ? token : undefined,
    messages: Array.isArray(messages) ? (messages as string[]) : [],
  };
}
