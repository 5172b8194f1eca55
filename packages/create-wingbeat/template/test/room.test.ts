import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import { options, userSocket } from "../src/socket.ts";

/** A client on the real socket, without a network. Clients of one kit get each other's broadcasts. */
function startKit() {
  const endpoint = createEndpoint({ ...options, logger: false });
  const kit = testSocket(userSocket, { endpoint });
  onTestFinished(async () => {
    await kit.close();
    await endpoint.close();
  });
  return kit;
}

describe("room", () => {
  it("sends a message to everyone, and its id to the author", async () => {
    const kit = startKit();
    const ada = await (await kit.connect()).subscribeAndJoin("room:everybody", { name: "Ada" });
    const grace = await (await kit.connect()).subscribeAndJoin("room:everybody", { name: "Grace" });

    const ref = ada.push("new_msg", { body: " hello " });
    const { id } = await ada.assertReply(ref, "ok");
    await ada.assertPush("new_msg", { id, name: "Ada", body: "hello" });
    await grace.assertPush("new_msg", { id, name: "Ada", body: "hello" });
  });

  it("keeps a message once, also when its page sends it again", async () => {
    const kit = startKit();
    const client = await kit.connect();
    const ada = await client.subscribeAndJoin("room:once", { name: "Ada" });
    const ref = await ada.pushNumbered("new_msg", { body: "hello" });
    const { id } = await ada.assertReply(ref, "ok");
    client.close();
    await client.reconnect();
    await ada.assertReply(ada.repeat(ref), "ok", { id });
    const { messages } = await ada.assertReply(ada.push("latest", {}), "ok");
    expect(messages).toHaveLength(1);
  });

  it("shows a newcomer the latest messages, and whoever asks for them", async () => {
    const kit = startKit();
    const ada = await (await kit.connect()).subscribeAndJoin("room:latest", { name: "Ada" });
    await ada.assertReply(ada.push("new_msg", { body: "first" }), "ok");
    await ada.assertReply(ada.push("new_msg", { body: "second" }), "ok");

    const grace = await (await kit.connect()).subscribeAndJoin("room:latest", { name: "Grace" });
    expect(grace.response.messages.map(({ body }) => body)).toEqual(["first", "second"]);
    const { messages } = await grace.assertReply(grace.push("latest", {}), "ok");
    expect(messages).toEqual(grace.response.messages);
  });

  it("lists the people in the room by name", async () => {
    const kit = startKit();
    const ada = await (await kit.connect()).subscribeAndJoin("room:names", { name: "Ada" });
    const name = (value: string) => (items: object) => JSON.stringify(items).includes(`"name":"${value}"`);
    await ada.assertPush("presence_state", name("Ada"));
    const grace = await (await kit.connect()).subscribeAndJoin("room:names", { name: "Grace" });
    await ada.assertPush("presence_diff", { joins: name("Grace") });

    await grace.assertReply(grace.push("name", { name: "Amazing Grace" }), "ok", { name: "Amazing Grace" });
    await ada.assertPush("presence_diff", { joins: name("Amazing Grace"), leaves: name("Grace") });
    grace.leave();
    await ada.assertPush("presence_diff", { leaves: name("Amazing Grace") });
  });

  it("refuses invalid payloads", async () => {
    const client = await startKit().connect();
    expect(await client.join("room:schemas", { name: "" })).toMatchObject({
      status: "error",
      response: { reason: "invalid payload", issues: [{ message: "Write a name." }] },
    });
    const room = await client.subscribeAndJoin("room:schemas", { name: "Ada" });
    await room.assertReply(room.push("new_msg", { body: " " }), "error", { reason: "invalid payload" });
    await room.refuteBroadcast("new_msg");
  });
});
