/** `POST /rooms/:id/messages`: writes into a room from outside of the channels, as any HTTP handler can. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Endpoint } from "wingbeat";
import { z } from "zod";
import type { Game } from "./game.ts";
import { Body, Uid } from "./message.ts";
import type { Rooms } from "./rooms.ts";

const NewMessage = z.object({ uid: Uid, body: Body });
/** Bytes of a request's body. */
const LIMIT = 4_096;

type Answer = readonly [status: number, body: object, headers?: Record<string, string>];

export function messagesController(rooms: Rooms, game: Game) {
  /** False when the request is not for this controller. */
  return (request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): boolean => {
    const room = /^\/rooms\/([^/?]+)\/messages(?:\?|$)/.exec(request.url ?? "")?.[1];
    if (room === undefined) return false;
    create(request, room, endpoint).then(
      (answer) => send(response, answer),
      () => response.destroy(), // the client went away while it was sending
    );
    return true;
  };

  async function create(request: IncomingMessage, room: string, endpoint: Endpoint): Promise<Answer> {
    if (request.method !== "POST") return [405, { error: "Use POST." }, { allow: "POST" }];
    if (!rooms.has(room)) return [404, { error: `There is no room "${room}". Rooms are "lobby" and 1 to 999.` }];
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
      return [415, { error: "Send JSON, with content-type: application/json." }];
    }
    const text = await readText(request);
    if (text === undefined) return [413, { error: `The body is larger than ${LIMIT} bytes.` }, { connection: "close" }];
    const parsed = NewMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ message, path }) => ({ message, path }));
      return [400, { error: 'The body must be JSON like {"uid": "ada", "body": "hello"}.', issues }];
    }
    const message = rooms.add(room, parsed.data.uid, parsed.data.body);
    game.score(message.uid);
    endpoint.broadcast(`rooms:${room}`, "new:msg", message);
    endpoint.broadcast("rooms:superadmin", "new:msg", message);
    return [201, message];
  }
}

/** The body of a request; undefined when it is larger than the limit. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, [status, body, headers]: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(`${JSON.stringify(body)}\n`);
}
