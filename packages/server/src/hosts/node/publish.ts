/** The publish handler for node:http, Express and whatever else has its requests and responses. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Grant } from "../../publish/grant.ts";
import type { PublishAnswer, Publisher } from "../../publish/publisher.ts";
import type { BodyFault } from "../host.ts";
import { answer, ignoreError } from "./answer.ts";
import { readBody } from "./body.ts";

/** How long the rest of a body is read and discarded, so that its sender can read the answer, in ms. */
const LINGER = 1_000;

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers a request. Never throws or rejects. */
export async function publishNode(
  publisher: Publisher,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.on("error", ignoreError);
  response.on("error", ignoreError);
  try {
    const { headers, method } = request;
    const grant = publisher.admit({ method, header: (name) => headers[name] as string | undefined });
    if (!(grant instanceof Grant)) return send(request, response, grant);
    const { maxBodySize, bodyTimeout } = publisher.limits;
    let body: Uint8Array | BodyFault | "too large";
    try {
      body = parsedBody(request, maxBodySize) ?? (await readBody(request, maxBodySize, bodyTimeout));
    } catch (error) {
      publisher.giveUp(); // a parser has left a body that JSON cannot express
      throw error;
    }
    if (body === "cut off") publisher.giveUp();
    else if (typeof body !== "string") send(request, response, publisher.publish(grant, body));
    else send(request, response, publisher.giveUp(body === "too slow" ? body : "too large") as PublishAnswer);
  } catch (error) {
    send(request, response, publisher.failed(error));
  }
}

/** A connection whose request was not read to its end cannot be used again. */
function send(request: IncomingMessage, response: ServerResponse, given: PublishAnswer): void {
  if (request.complete || request.readableEnded) return answer(response, given);
  answer(response, { ...given, headers: { ...given.headers, connection: "close" } });
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER);
  request.once("close", () => clearTimeout(timer));
}

/** What a body parser in front of the handler has left: `express.json()` and the like read the request themselves. */
function parsedBody(request: IncomingMessage, maxBytes: number): Uint8Array | "too large" | undefined {
  const { body } = request as { readonly body?: unknown };
  if (body === undefined) return request.readableEnded ? new Uint8Array() : undefined;
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return bytes.length > maxBytes ? "too large" : bytes;
}
