/**
 * Many clients whose logins end at the same time. What is asked: does each renew its login without losing its connection,
 * is each that may not stay told why, and does the official client come back by itself.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Socket } from "@wingbeat/client";
import { Socket as PhoenixSocket } from "phoenix";
import { createEndpoint, defineChannel, defineSocket, ok, refuse, Telemetry } from "wingbeat";
import { WebSocket } from "ws";

export interface LoginFigures {
  /** Clients of ours that were to stay, and those that were to be refused at their refresh. */
  readonly staying: number;
  readonly leaving: number;
  /** Connections of those that stay: as many as clients, when none was lost. */
  connections: number;
  /** What `connect` said at a refresh. */
  refreshed: number;
  refused: number;
  /** Clients that were told the reason, and those that did not try again. */
  told: number;
  stayedAway: number;
  /** Answers of channels with the assigns of the renewed login. */
  renewed: number;
  /** Official clients, and those that came back with their next token. */
  readonly official: number;
  returned: number;
  /** Milliseconds between the first and the last refresh. */
  spread: number;
}

const TOPIC = "room:1";
/** For the second login: nothing ends any more. */
const LONG = 3_600_000;

/** `login` is how long the first logins last, in ms; one client in ten may not stay. */
export async function runLogins(clients: number, login: number): Promise<LoginFigures> {
  const leaving = Math.floor(clients / 10);
  const official = 10;
  const figures: LoginFigures = {
    staying: clients - leaving,
    leaving,
    connections: 0,
    refreshed: 0,
    refused: 0,
    told: 0,
    stayedAway: 0,
    renewed: 0,
    official,
    returned: 0,
    spread: 0,
  };
  const room = defineChannel("room:{id}")
    .assigns<{ number: number }>()
    .join((ctx) => ok({ number: ctx.assigns.number }))
    .handleIn("number", (ctx) => ok({ number: ctx.assigns.number }))
    .reauthorize(() => ok());
  const userSocket = defineSocket({
    connect: async ({ user, number }, { transport }) => {
      if (user === "leaving" && number !== "1") return refuse({ why: "it is over" });
      const ms = number === "1" ? login : LONG;
      return ok({ number: Number(number), user, transport }, { expiresAt: Date.now() + ms });
    },
    id: ({ user }) => String(user),
    channels: [room],
  });
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  const server = createServer();
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4_096, resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket`;
  const times: number[] = [];
  const detach = [
    Telemetry.attach("socket.connected", ({ id }) => {
      if (id === "staying") figures.connections++;
    }),
    Telemetry.attach("socket.refreshed", ({ result }) => {
      times.push(performance.now());
      if (result === "ok") figures.refreshed++;
      if (result === "refused") figures.refused++;
    }),
  ];
  const all: Socket[] = [];
  const officials: PhoenixSocket[] = [];
  const done: Promise<void>[] = [];
  const open = (user: string): Promise<void> => {
    let number = 0;
    const socket = new Socket(url, { transport: WebSocket, params: async () => ({ user, number: ++number }) });
    all.push(socket);
    const channel = socket.channel(TOPIC);
    const opened = channel.join().then(() => {});
    socket.connect();
    if (user === "leaving") {
      const refused = new Promise<void>((resolve) => {
        socket.onRefused((reason: { why: string }) => {
          if (reason.why === "it is over") figures.told++;
          resolve();
        });
      });
      done.push(refused);
    } else {
      done.push(
        (async () => {
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 250));
            if (number < 2) continue;
            const reply = (await channel.push("number")) as { number: number };
            if (reply.number !== 2) continue;
            figures.renewed++;
            return;
          }
        })(),
      );
    }
    return opened;
  };
  const openOfficial = (): void => {
    let number = 0;
    const params = () => ({ user: "official", number: ++number });
    const socket = new PhoenixSocket(url, { transport: WebSocket as never, params });
    officials.push(socket);
    socket.connect();
    done.push(
      new Promise((resolve) => {
        socket
          .channel(TOPIC)
          .join()
          .receive("ok", (response: { number: number }) => {
            if (response.number !== 2) return;
            figures.returned++;
            resolve();
          });
      }),
    );
  };
  try {
    for (let count = 0; count < official; count++) openOfficial();
    for (let count = 0; count < clients; count += 100) {
      const batch = Array.from({ length: Math.min(100, clients - count) }, (_, index) =>
        open(count + index < leaving ? "leaving" : "staying"),
      );
      await Promise.all(batch);
    }
    await Promise.all(done);
    figures.spread = Math.round((times.at(-1) ?? 0) - (times[0] ?? 0));
    figures.stayedAway = all.filter((socket) => socket.connectionState() === "refused").length;
    return figures;
  } finally {
    for (const off of detach) off();
    for (const socket of all) socket.disconnect();
    for (const socket of officials) socket.disconnect();
    await endpoint.close({ drain: false });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
