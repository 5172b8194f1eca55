/** Reads the body of a request, within a limit and a time. */
import type { IncomingMessage } from "node:http";
import type { BodyFault, Unfinished } from "../host.ts";

/** See `Exchange.readBody`. */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  ms: number,
  unfinished: Unfinished = { count: 1, bytes: 0 },
): Promise<Buffer | BodyFault> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve("too large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isOver = false;
    const finish = (result: Buffer | BodyFault): void => {
      if (isOver) return;
      isOver = true;
      unfinished.bytes -= size;
      clearTimeout(deadline);
      request.off("data", onData);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      unfinished.bytes += chunk.length;
      if (size > maxBytes) finish("too large");
      else if (unfinished.bytes > maxBytes) finish("too much");
      else chunks.push(chunk);
    };
    const deadline = startTimeout(() => finish("too slow"), ms);
    request.on("data", onData);
    request.once("end", () => finish(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once("close", () => finish("cut off"));
  });
}

/** Discards the rest of a body, for at most `ms`: a client that is still sending can then read the answer. */
export function discardBody(request: IncomingMessage, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(deadline);
      resolve();
    };
    const deadline = startTimeout(finish, ms);
    request.once("end", finish);
    request.once("close", finish);
    request.resume();
  });
}

/** `setTimeout`, where Infinity means never. */
export function startTimeout(run: () => void, ms: number): NodeJS.Timeout | undefined {
  return ms === Infinity ? undefined : setTimeout(run, ms);
}
