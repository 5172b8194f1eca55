import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { report } from "./report.ts";

interface Message {
  event: "join" | "b" | "e";
  topic: string;
  ref?: number;
  payload?: unknown;
}

const topics = new Map<string, Set<WebSocket>>();

function join(socket: WebSocket, topic: string): void {
  const members = topics.get(topic) ?? new Set();
  topics.set(topic, members.add(socket));
  socket.on("close", () => {
    members.delete(socket);
    if (members.size === 0 && topics.get(topic) === members) topics.delete(topic);
  });
  socket.send(JSON.stringify({ event: "joined", topic }));
}

function broadcast(topic: string, payload: unknown): void {
  const text = JSON.stringify({ event: "b", topic, payload });
  for (const socket of topics.get(topic) ?? []) socket.send(text);
}

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, clientTracking: false });

server.on("connection", (socket) => {
  socket.on("error", () => {}); // a client that resets its connection
  socket.on("message", (data) => {
    const { event, topic, ref, payload } = JSON.parse(String(data)) as Message;
    if (event === "join") join(socket, topic);
    else if (event === "b") broadcast(topic, payload);
    else socket.send(JSON.stringify({ event: "reply", topic, ref, payload }));
  });
});

server.on("listening", () => report((server.address() as AddressInfo).port));
