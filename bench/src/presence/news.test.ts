import { describe, expect, it } from "vitest";
import { readNews } from "./news.ts";

describe("news in Phoenix's words", () => {
  const read = (event: string, payload: object) => readNews.phoenix!(JSON.stringify([null, null, "t", event, payload]));
  const people = { "1": { metas: [{}] }, "2": { metas: [{}] } };

  it.each([
    ["presence_state", people, { kind: "state", people: 2 }],
    ["presence_diff", { joins: people, leaves: {} }, { kind: "joins", people: 2 }],
    ["presence_diff", { joins: {}, leaves: people }, undefined],
    ["presence_count", { count: 7 }, { kind: "count", people: 7 }],
    ["b", {}, undefined],
  ])("%s %j", (event, payload, news) => expect(read(event, payload)).toEqual(news));
});

describe("news in Socket.IO's words", () => {
  it.each([
    ['42["users",[{"id":1},{"id":2}]]', { kind: "state", people: 2 }],
    ['42["user joined",{"id":1}]', { kind: "joins", people: 1 }],
    ['42["user left",{"id":1}]', undefined],
    ["2", undefined],
  ])("%s", (frame, news) => expect(readNews.socketio!(frame)).toEqual(news));
});
