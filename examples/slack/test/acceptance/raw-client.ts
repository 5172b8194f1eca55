/** The official phoenix client in Node: for frames that the page would never send, and to watch what a topic is told. */
import { Socket } from "phoenix";
import type { Channel } from "phoenix";
import { WebSocket } from "ws";

export interface Answer {
  readonly status: "ok" | "error" | "timeout";
  readonly response: unknown;
}

export class RawClient {
  /** Null for a visitor. */
  readonly userId: number | null;
  readonly #socket: Socket;

  private constructor(socket: Socket, userId: number | null) {
    this.#socket = socket;
    this.userId = userId;
  }

  /** Logs in over HTTP, as the page does, and connects. */
  static async connect(base: string, username: string | null): Promise<RawClient> {
    const pass = username === null ? null : await passOf(base, username);
    const socket = new Socket(`${base.replace("http", "ws")}/socket`, {
      transport: WebSocket as unknown as new (endpoint: string) => object,
      ...(pass === null ? {} : { authToken: pass.token }),
    });
    socket.connect();
    return new RawClient(socket, pass?.userId ?? null);
  }

  /** Joins; gives the answer, and what the topic has pushed so far, which grows. */
  async join(
    topic: string,
    params: object = {},
  ): Promise<{ answer: Answer; channel: Channel; pushes: [string, unknown][] }> {
    const channel = this.#socket.channel(topic, params);
    const pushes: [string, unknown][] = [];
    channel.onMessage = (event, payload) => {
      if (!event.startsWith("phx_") && !event.startsWith("chan_reply")) pushes.push([event, payload]);
      return payload;
    };
    const answer = await answerOf(channel.join());
    if (answer.status !== "ok") channel.leave();
    return { answer, channel, pushes };
  }

  push(channel: Channel, event: string, payload: object): Promise<Answer> {
    return answerOf(channel.push(event, payload));
  }

  close(): void {
    this.#socket.disconnect();
  }
}

/** What a server answers to who comes with this token: 101 lets them in. */
export function answerTo(base: string, token: string): Promise<number> {
  const protocols = ["phoenix", `base64url.bearer.phx.${Buffer.from(token).toString("base64url")}`];
  const socket = new WebSocket(`${base.replace("http", "ws")}/socket/websocket?vsn=2.0.0`, protocols);
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (request, { statusCode = 0 }) => {
      request.destroy();
      resolve(statusCode);
    });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("error", reject);
  });
}

export async function passOf(base: string, username: string): Promise<{ token: string; userId: number }> {
  const login = await fetch(`${base}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: base },
    body: JSON.stringify({ username, password: "roost-demo" }),
  });
  if (!login.ok) throw new Error(`${username} cannot log in: ${login.status}`);
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
  const answer = await fetch(`${base}/api/socket-token`, { headers: { cookie } });
  return (await answer.json()) as { token: string; userId: number };
}

interface Push {
  receive(status: string, callback: (response: unknown) => void): Push;
}

function answerOf(push: Push): Promise<Answer> {
  return new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"] as const) {
      push.receive(status, (response) => resolve({ status, response }));
    }
  });
}
