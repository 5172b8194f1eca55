/** A request that the server has refused, with its sentence for people. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** Asks the page's own server: JSON both ways. Throws {@link ApiError}; its status is 0 when nobody has answered. */
export async function callApi<Reply>(
  method: "GET" | "POST",
  path: string,
  { token, body }: { readonly token?: string | undefined; readonly body?: object } = {},
): Promise<Reply> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    answer = await response.json();
  } catch {
    throw new ApiError(0, "The server cannot be reached. Try again in a moment.");
  }
  if (!response.ok) throw new ApiError(response.status, (answer as { error: string }).error);
  return answer as Reply;
}
