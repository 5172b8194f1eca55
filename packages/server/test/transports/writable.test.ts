/** `Connection.onWritable`: called once what was sent has left the buffer, never when the connection closes first. */
import { describe, expect, it } from "vitest";
import { WEBSOCKET_LIMITS, LONGPOLL_LIMITS } from "../../src/endpoint/config.ts";
import type { Connection } from "../../src/transports/connection.ts";
import { Frame } from "../../src/transports/connection.ts";
import { LongPollClients, longPollTransport } from "../../src/transports/longpoll.ts";
import { MemoryTransport } from "../../src/transports/memory.ts";
import type { TransportDefinition } from "../../src/transports/transport.ts";
import { webSocketTransport } from "../../src/transports/websocket.ts";
import { gate } from "../integration/inbox.ts";
import { PollClient } from "../integration/poll-client.ts";
import { userSocket } from "../integration/room.ts";
import { serve } from "../integration/serve.ts";
import type { Served } from "../integration/serve.ts";
import { TcpClient } from "../integration/tcp-client.ts";

const MEGABYTE = 1024 * 1024;
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};

/** Serves a transport, and gives the server's end of its first connection. */
async function tapped(definition: TransportDefinition): Promise<{ served: Served; connection: Promise<Connection> }> {
  const { passed, open } = gate<Connection>();
  const tap: TransportDefinition = {
    ...definition,
    name: definition.name,
    path: definition.path,
    start: (mount) =>
      definition.start({
        endpoint: mount.endpoint,
        path: mount.path,
        authToken: mount.authToken,
        admit: (visit, params) => mount.admit(visit, params),
        screen: (visit, params) => mount.screen(visit, params),
        admitScreened: (screened, token) => mount.admitScreened(screened, token),
        refuse: (admitted, refusal) => mount.refuse(admitted, refusal),
        open: (admitted, connection) => {
          open(connection);
          return mount.open(admitted, connection);
        },
      }),
  };
  const served = await serve({ "/socket": { socket: userSocket(), websocket: false, transports: [tap] } });
  return { served, connection: passed };
}

const websocket = (compress: boolean) => webSocketTransport({ path: "/websocket", ...WEBSOCKET_LIMITS, compress });

describe("a WebSocket", () => {
  it("is writable when its client has read, not before", async () => {
    const { served, connection } = await tapped(websocket(false));
    const client = await TcpClient.open(served.port);
    const end = await connection;
    client.socket.pause();
    for (let n = 0; n < 16; n++) {
      end.send(new Frame("x".repeat(MEGABYTE)));
      await turns(1);
    }
    const { passed, open } = gate();
    let isWritable = false;
    end.onWritable(() => {
      isWritable = true;
      open();
    });
    await turns(50);
    expect([isWritable, end.bufferedBytes > MEGABYTE]).toEqual([false, true]);
    client.socket.resume();
    await passed;
    expect(end.bufferedBytes).toBe(0);
  });

  it.each([false, true])("with nothing to write is writable in a later turn (compression: %s)", async (compress) => {
    const { served, connection } = await tapped(websocket(compress));
    await TcpClient.open(served.port);
    const { passed, open } = gate();
    let isWritable = false;
    (await connection).onWritable(() => {
      isWritable = true;
      open();
    });
    expect(isWritable).toBe(false);
    await passed;
  });

  it("that closes is not", async () => {
    const { served, connection } = await tapped(websocket(false));
    const client = await TcpClient.open(served.port);
    const end = await connection;
    let isWritable = false;
    end.onWritable(() => (isWritable = true));
    end.close(1000, "");
    await client.closed;
    end.onWritable(() => (isWritable = true));
    await turns(10);
    expect(isWritable).toBe(false);
  });
});

it("a long-poll client is writable when a poll has taken what was sent, not before", async () => {
  const clients = new LongPollClients("s".repeat(64), "node", undefined);
  const options = { path: "/longpoll", ...LONGPOLL_LIMITS };
  const { served, connection } = await tapped(longPollTransport(options, clients));
  const client = await PollClient.open(served.pollUrl(), { polls: false });
  const end = await connection;
  end.send(new Frame("[]"));
  const { passed, open } = gate();
  let isWritable = false;
  end.onWritable(() => {
    isWritable = true;
    open();
  });
  await turns(10);
  expect(isWritable).toBe(false);
  expect((await client.get()).body.messages).toEqual(["[]"]);
  await passed;
  clients.stop();
});

it("a client in memory is always writable, later", async () => {
  const memory = new MemoryTransport();
  const { connection } = await tapped(memory);
  void memory.connect({ url: "/socket/memory?vsn=2.0.0" }, () => ({ received: () => {}, closed: () => {} }));
  const { passed, open } = gate();
  (await connection).onWritable(open);
  await passed;
});
