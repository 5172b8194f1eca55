/** A wire between one browser and the server, which can be cut or go silent. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface Wire {
  readonly url: string;
  /** Connections end without a word, and new ones are refused. */
  cut(): void;
  /** Nothing comes through any more, and neither end is told. */
  hush(): void;
  /** New connections come through. Those that were silent are over: the other end has forgotten them. */
  mend(): void;
  close(): void;
}

export async function layWire(to: string): Promise<Wire> {
  const { hostname, port } = new URL(to);
  const ends = new Set<Socket>();
  let state: "whole" | "cut" | "silent" = "whole";
  const hold = (end: Socket, other?: Socket): void => {
    ends.add(end);
    end.on("error", () => {});
    end.on("close", () => {
      ends.delete(end);
      if (state !== "silent") other?.destroy();
    });
  };
  const endAll = (): void => {
    for (const end of ends) end.destroy();
  };
  const server = createServer((near) => {
    if (state === "cut") return void near.destroy();
    if (state === "silent") return hold(near);
    const far = connect(Number(port), hostname);
    hold(near, far);
    hold(far, near);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    state = "cut";
    endAll();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    hush() {
      state = "silent";
      for (const end of ends) end.unpipe().pause();
    },
    mend() {
      if (state === "silent") endAll();
      state = "whole";
    },
    close() {
      cut();
      server.close();
    },
  };
}
