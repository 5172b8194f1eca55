/** Whatever a request contains: it is answered, and only whole requests of good messages are published. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { sign } from "../token.ts";
import { Grant, PUBLISH_SALT } from "./grant.ts";
import { Publisher } from "./publisher.ts";

const SECRET = "a secret of more than twenty bytes";
const token = sign(SECRET, PUBLISH_SALT, ["room:*"]);

function setUp() {
  const sent: unknown[] = [];
  const publisher = new Publisher({
    to: {
      broadcastUnchecked: (topic, event, payload) => void sent.push({ topic, event, payload }),
      pubsub: { status: () => ({ state: "up" }) },
    },
    secret: SECRET,
    messagesPerSecond: Infinity,
    maxBatchMessages: 3,
  });
  return { sent, publisher };
}

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("room:1", "room:", "e", "phx_join", "__proto__", ""),
);
const message = fc.record(
  {
    topic: fc.oneof(text, fc.jsonValue()),
    event: fc.oneof(text, fc.jsonValue()),
    payload: fc.jsonValue(),
    more: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const good = fc.record({
  topic: fc.string().map((rest) => `room:${rest}`),
  event: fc.string({ minLength: 1 }).filter((event) => !event.startsWith("phx_")),
  payload: fc.dictionary(fc.string(), fc.jsonValue()),
});
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .oneof(message, good, fc.array(fc.oneof(message, good), { maxLength: 5 }), fc.jsonValue())
    .map((value) => Buffer.from(JSON.stringify(value))),
);

it("bodies: all of it is published, or nothing", () => {
  fc.assert(
    fc.property(body, (bytes) => {
      const { sent, publisher } = setUp();
      const headers: Record<string, string> = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const grant = publisher.admit({ method: "POST", header: (name) => headers[name] });
      if (!(grant instanceof Grant)) throw new Error("not admitted");
      const { status, body: answer } = publisher.publish(grant, bytes);
      const told = JSON.parse(answer) as { accepted?: number; reason?: string; detail?: string };
      expect([202, 400, 403, 413]).toContain(status);
      if (status !== 202) {
        expect([typeof told.reason, typeof told.detail, sent]).toEqual(["string", "string", []]);
        return;
      }
      const value: unknown = JSON.parse(Buffer.from(bytes).toString());
      expect(sent).toEqual(Array.isArray(value) ? value : [value]);
      expect(told.accepted).toBe(sent.length);
    }),
    { numRuns: 2_000 },
  );
});

it("good messages are published", () => {
  fc.assert(
    fc.property(fc.array(good, { minLength: 1, maxLength: 3 }), (messages) => {
      const { sent, publisher } = setUp();
      const { status } = publisher.publish(
        publisher.admit({ method: "POST", header: (name) => HEADERS[name] }) as Grant,
        Buffer.from(JSON.stringify(messages)),
      );
      expect([status, sent]).toEqual([202, JSON.parse(JSON.stringify(messages))]);
    }),
  );
});

const HEADERS: Readonly<Record<string, string>> = {
  authorization: `Bearer ${token}`,
  "content-type": "application/json",
};

it("heads: only the token, the type and the method admit, whatever they are", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constant(undefined), fc.constant(null));
  const authorization = fc.oneof(
    value,
    fc.string().map((rest) => `Bearer ${rest}`),
    // A token that was changed in one place.
    fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, char]) => `Bearer ${token.slice(0, at)}${char}${token.slice(at + 1)}`),
  );
  fc.assert(
    fc.property(fc.record({ authorization, type: value, length: value, method: fc.string() }), (head) => {
      const { publisher } = setUp();
      const given: Record<string, string | null | undefined> = {
        authorization: head.authorization,
        "content-type": head.type,
        "content-length": head.length,
      };
      const answer = publisher.admit({ method: "POST", header: (name) => given[name] });
      if (answer instanceof Grant) expect(head.authorization).toBe(`Bearer ${token}`);
      else expect([401, 413, 415]).toContain(answer.status);
      const other = publisher.admit({ method: head.method, header: (name) => given[name] });
      if (head.method !== "POST") expect(other).toMatchObject({ status: 405 });
    }),
    { numRuns: 1_000 },
  );
});
