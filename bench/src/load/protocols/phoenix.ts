import { payload, payloadText } from "../payload.ts";
import { refOf, type Protocol } from "../protocol.ts";

const JOIN_REF = "1";

/** Phoenix Channels, V2 JSON: Wingbeat and Phoenix itself. */
export const phoenix: Protocol = {
  path: "/bench/websocket?vsn=2.0.0",

  opening(topic) {
    return `["${JOIN_REF}","${JOIN_REF}","${topic}","phx_join",{}]`;
  },

  joining(topic, frame) {
    const [joinRef, ref, on, event, reply] = JSON.parse(frame) as unknown[];
    const joined = joinRef === JOIN_REF && ref === JOIN_REF && on === topic && event === "phx_reply";
    if (!joined || (reply as { status?: unknown }).status !== "ok") throw new Error(`join refused: ${frame}`);
    return "joined";
  },

  publish(topic, number) {
    return `["${JOIN_REF}","${refOf(number)}","${topic}","b",${payloadText(number)}]`;
  },

  request(topic, number) {
    return `["${JOIN_REF}","${refOf(number)}","${topic}","e",${payloadText(number)}]`;
  },

  control(frame) {
    throw new Error(`unexpected frame: ${frame}`);
  },

  decode(frame) {
    return JSON.parse(frame);
  },

  delivery(topic, number) {
    return [null, null, topic, "b", payload(number)];
  },

  reply(topic, number) {
    return [JOIN_REF, String(refOf(number)), topic, "phx_reply", { status: "ok", response: payload(number) }];
  },
};
