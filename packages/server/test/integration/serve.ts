/** Endpoints for tests: on a free port of this machine, silent, closed when the test ends. */
import { onTestFinished } from "vitest";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint, EndpointOptions } from "../../src/index.ts";

export interface Served {
  readonly endpoint: Endpoint;
  readonly port: number;
  /** The URL of a mount's WebSocket: `url()`, `url("/other/websocket", { token: "x" })`. V2 unless `vsn` says else. */
  url(path?: string, params?: Readonly<Record<string, string>>): string;
  /** The same of its long polling. */
  pollUrl(path?: string, params?: Readonly<Record<string, string>>): string;
}

export type Sockets = EndpointOptions["sockets"];

export async function serve(
  sockets: Sockets,
  options: Partial<EndpointOptions> & { port?: number } = {},
): Promise<Served> {
  const { port: wanted = 0, ...rest } = options;
  const endpoint = createEndpoint({ sockets, logger: false, ...rest });
  onTestFinished(() => endpoint.close({ drain: false }));
  const { port } = await endpoint.listen(wanted, "127.0.0.1");
  return { endpoint, port, ...urlsOf(port) };
}

/** The URLs of what is served on a port. */
export function urlsOf(port: number): Pick<Served, "url" | "pollUrl"> {
  return {
    url: (path, params) => urlOf(port, path, params),
    pollUrl: (path = "/socket/longpoll", params = {}) => urlOf(port, path, params).replace("ws:", "http:"),
  };
}

export function urlOf(port: number, path = "/socket/websocket", params: Readonly<Record<string, string>> = {}): string {
  return `ws://127.0.0.1:${port}${path}?${new URLSearchParams({ vsn: "2.0.0", ...params }).toString()}`;
}
