/** The publish handler for servers that speak `Request` and `Response`. */
import { Grant } from "./grant.ts";
import type { BodyFault, PublishAnswer, Publisher } from "./publisher.ts";

/** Answers a request. Never rejects. */
export async function publishFetch(publisher: Publisher, request: Request): Promise<Response> {
  try {
    return toResponse(await answerTo(publisher, request));
  } catch (error) {
    return toResponse(publisher.failed(error));
  }
}

const toResponse = ({ status, headers, body }: PublishAnswer): Response => new Response(body, { status, headers });

async function answerTo(publisher: Publisher, request: Request): Promise<PublishAnswer> {
  const { headers, method } = request;
  const grant = publisher.admit({ method, header: (name) => headers.get(name) });
  if (!(grant instanceof Grant)) return grant;
  const { maxBodySize, bodyTimeout } = publisher.limits;
  let body: Uint8Array | BodyFault;
  try {
    body = await readBody(request, maxBodySize, bodyTimeout);
  } catch (error) {
    // The sender is gone, or somebody else has read the body.
    publisher.giveUp();
    throw error;
  }
  if (typeof body !== "string") return publisher.publish(grant, body);
  return publisher.giveUp(body) as PublishAnswer;
}

/** The whole body, or why it was not read to its end. Rejects when it cannot be read. */
async function readBody({ body }: Request, maxBytes: number, ms: number): Promise<Uint8Array | BodyFault> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined = undefined;
  const isLate = new Promise<"too slow">((resolve) => (timer = setTimeout(() => resolve("too slow"), ms)));
  const isOver = async (fault: BodyFault): Promise<BodyFault> => {
    // Not awaited: it may only settle when the sender reacts.
    reader.cancel(fault).catch(() => {});
    return fault;
  };
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), isLate]);
      if (next === "too slow") return await isOver(next);
      if (next.done) return Buffer.concat(chunks);
      const chunk = next.value as Uint8Array;
      size += chunk.length;
      if (size > maxBytes) return await isOver("too large");
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
}
