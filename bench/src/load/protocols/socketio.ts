import { payload, payloadText } from "../payload.ts";
import { refOf, type JoinStep, type Protocol } from "../protocol.ts";

const ENGINE_OPEN = "0";
const ENGINE_PING = "2";
const ENGINE_PONG = "3";
const CONNECT = "40";
const EVENT = "42";
const ACK = "43";
const JOIN_ID = 1;

/** Socket.IO 4 over Engine.IO 4, WebSocket only: rooms for topics, acknowledgements for replies. */
export const socketio: Protocol = {
  path: "/socket.io/?EIO=4&transport=websocket",

  opening() {
    return null;
  },

  joining(topic, frame): JoinStep {
    if (frame === ENGINE_PING) return { send: ENGINE_PONG };
    if (frame.startsWith(ENGINE_OPEN)) return { send: CONNECT };
    if (frame.startsWith(`${CONNECT}{`)) return { send: `${EVENT}${JOIN_ID}["join","${topic}"]` };
    if (frame === `${ACK}${JOIN_ID}[]`) return "joined";
    throw new Error(`join refused: ${frame}`);
  },

  publish(topic, number) {
    return `${EVENT}["b","${topic}",${payloadText(number)}]`;
  },

  request(_topic, number) {
    return `${EVENT}${refOf(number)}["e",${payloadText(number)}]`;
  },

  control(frame) {
    if (frame !== ENGINE_PING) throw new Error(`unexpected frame: ${frame}`);
    return ENGINE_PONG;
  },

  decode(frame) {
    const start = frame.indexOf("[");
    return { packet: frame.slice(0, start), args: JSON.parse(frame.slice(start)) as unknown };
  },

  delivery(_topic, number) {
    return { packet: EVENT, args: ["b", payload(number)] };
  },

  reply(_topic, number) {
    return { packet: `${ACK}${refOf(number)}`, args: [payload(number)] };
  },
};
