/** One HTTP request of a long poll. The HTTP status is ignored: the status is in the body. */

export interface Answer {
  /** From the body; 500 when it could not be read. */
  readonly status: number | "timeout";
  /** Of the session. */
  readonly token: string | undefined;
  /** Encoded messages, oldest first. */
  readonly messages: readonly string[];
}

/** The longest delay of `setTimeout`, some 25 days. */
const LONGEST = 2 ** 31 - 1;

/** Never rejects. `timeout` in milliseconds, 0 or above 25 days for none; the init's signal aborts the request. */
export async function request(url: string, init: RequestInit, timeout: number): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<Answer>((resolve) => {
    if (timeout > 0 && timeout <= LONGEST) timer = setTimeout(() => resolve(failed("timeout")), timeout);
  });
  const answer = await Promise.race([fetchAnswer(url, init), timedOut]);
  clearTimeout(timer);
  return answer;
}

/** Error pages, redirects elsewhere and other invalid answers count as status 500. */
async function fetchAnswer(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, init);
    return answerOf(await response.json());
  } catch {
    return failed(500);
  }
}

const failed = (status: Answer["status"]): Answer => ({ status, token: undefined, messages: [] });

function answerOf(body: unknown): Answer {
  const { status, token, messages = [] } = (body ?? {}) as { readonly [Name in keyof Answer]?: unknown };
  const isReadable = Array.isArray(messages) && messages.every((message) => typeof message === "string");
  if (typeof status !== "number" || !isReadable) return failed(500);
  return { status, token: typeof token === "string" ? token : undefined, messages: messages as string[] };
}
