import { describe, expect, it } from "vitest";
import type { Connection } from "../load/connection.ts";
import { phoenix } from "../load/protocols/phoenix.ts";
import { Crowd } from "./crowd.ts";
import { readNews } from "./news.ts";

const person = (id: number): object => ({ [String(id)]: { metas: [{}] } });
const state = (...ids: number[]): string =>
  JSON.stringify(["1", null, "t", "presence_state", Object.assign({}, ...ids.map(person))]);
const join = (id: number): string =>
  JSON.stringify([null, null, "t", "presence_diff", { joins: person(id), leaves: {} }]);

function crowdOf(users: number) {
  const crowd = new Crowd(users, phoenix, readNews.phoenix!);
  let isComplete = false;
  void crowd.isComplete.then(() => (isComplete = true));
  const newcomer = () => {
    const receiver = crowd.newcomer();
    return (frame: string): void => {
      const bytes = Buffer.from(frame);
      receiver.text({} as Connection, bytes, 0, bytes.length);
    };
  };
  const complete = async (): Promise<boolean> => {
    await Promise.resolve();
    return isComplete;
  };
  return { crowd, newcomer, complete };
}

describe("Crowd", () => {
  it("is complete when everybody knows of everybody, not before", async () => {
    const { crowd, newcomer, complete } = crowdOf(3);
    const [ada, bob, cy] = [newcomer(), newcomer(), newcomer()];
    for (const frame of [join(1), state(1), join(2), join(3)]) ada(frame);
    for (const frame of [join(2), state(1, 2), join(3)]) bob(frame);
    cy(join(3));
    expect(await complete()).toBe(false);
    cy(state(1, 2, 3));
    expect(await complete()).toBe(true);
    expect(crowd.frames).toBe(6);
    expect(crowd.stateBytes).toBe(state(1, 2, 3).length);
  });

  it("throws when somebody is told of too many", () => {
    const ada = crowdOf(2).newcomer();
    for (const frame of [join(1), state(1), join(2)]) ada(frame);
    expect(() => ada(join(2))).toThrow("knows of 3 users, there are 2");
  });

  it("is complete when everybody was told the last count", async () => {
    const { newcomer, complete } = crowdOf(2);
    const [ada, bob] = [newcomer(), newcomer()];
    const count = (of: number): string => JSON.stringify([null, null, "t", "presence_count", { count: of }]);
    ada(count(1));
    bob(count(2));
    expect(await complete()).toBe(false);
    ada(count(2));
    expect(await complete()).toBe(true);
  });
});
