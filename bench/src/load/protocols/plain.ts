import { payload, payloadText } from "../payload.ts";
import { refOf, type Protocol } from "../protocol.ts";

/** The small JSON protocol of the bare `ws` control server (servers/ws.ts). */
export const plain: Protocol = {
  path: "/",

  opening(topic) {
    return `{"event":"join","topic":"${topic}"}`;
  },

  joining(topic, frame) {
    if (frame !== `{"event":"joined","topic":"${topic}"}`) throw new Error(`join refused: ${frame}`);
    return "joined";
  },

  publish(topic, number) {
    return `{"event":"b","topic":"${topic}","payload":${payloadText(number)}}`;
  },

  request(topic, number) {
    return `{"event":"e","topic":"${topic}","ref":${refOf(number)},"payload":${payloadText(number)}}`;
  },

  control(frame) {
    throw new Error(`unexpected frame: ${frame}`);
  },

  decode(frame) {
    return JSON.parse(frame);
  },

  delivery(topic, number) {
    return { event: "b", topic, payload: payload(number) };
  },

  reply(topic, number) {
    return { event: "reply", topic, ref: refOf(number), payload: payload(number) };
  },
};
