/** The publish handler for node:http, Express and whatever else has its requests and responses. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Grant } from "../../publish/grant.ts";
import type { BodyFault, PublishAnswer, Publisher } from "../../publish/publisher.ts";
import { answer, ignoreError } from "./answer.ts";

/** How long the rest of a body is read and discarded, so that its sender can read the answer, in ms. */
const LINGER = 1_000;

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers a request. Never throws. */
export function publishNode(publisher: Publisher, request: IncomingMessage, response: ServerResponse): void {
  request.on("error", ignoreError);
  response.on("error", ignoreError);
  try {
    const { headers, method } = request;
    const grant = publisher.admit({ method, header: (name) => headers[name] as string | undefined });
    if (!(grant instanceof Grant)) return send(request, response, grant);
    readBody(request, publisher.limits.maxBodySize, publisher.limits.bodyTimeout, (body) => {
      if (body === "cut off") publisher.giveUp();
      else if (typeof body === "string") send(request, response, publisher.giveUp(body) as PublishAnswer);
      else send(request, response, publisher.publish(grant, body));
    });
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
function parsedBody(request: IncomingMessage): Uint8Array | undefined {
  const { body } = request as { readonly body?: unknown };
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

/** Calls back once: with the body, or with why it was not read to its end. */
function readBody(
  request: IncomingMessage,
  maxBytes: number,
  ms: number,
  done: (body: Uint8Array | BodyFault | "cut off") => void,
): void {
  const parsed = parsedBody(request);
  if (parsed !== undefined) return done(parsed.length > maxBytes ? "too large" : parsed);
  if (request.readableEnded) return done(new Uint8Array());
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (body: Uint8Array | BodyFault | "cut off"): void => {
    clearTimeout(timer);
    request.off("data", onData).off("end", onEnd).off("close", onClose);
    done(body);
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) finish("too large");
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish(Buffer.concat(chunks));
  const onClose = (): void => finish("cut off");
  const timer = setTimeout(() => finish("too slow"), ms);
  request.on("data", onData).on("end", onEnd).on("close", onClose);
}
