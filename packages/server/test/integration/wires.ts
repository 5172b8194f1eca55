/** The two transports, for tests that must hold over either. */
import { FrameClient } from "./frame-client.ts";
import { PollClient } from "./poll-client.ts";
import type { ProtocolClient } from "./protocol-client.ts";
import type { Served } from "./serve.ts";

export interface Wire {
  readonly name: "websocket" | "longpoll";
  /** Connects to a mount that has both transports. Rejects when it is refused. */
  open(served: Pick<Served, "url" | "pollUrl">, params?: Readonly<Record<string, string>>): Promise<ProtocolClient>;
}

/** Both transports, on a mount path. */
export const wiresOf = (mount: string): readonly Wire[] => [
  { name: "websocket", open: (served, params) => FrameClient.open(served.url(`${mount}/websocket`, params)) },
  { name: "longpoll", open: (served, params) => PollClient.open(served.pollUrl(`${mount}/longpoll`, params)) },
];

export const wires = wiresOf("/socket");
