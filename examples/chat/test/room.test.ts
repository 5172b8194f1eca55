import { expect, it, onTestFinished } from "vitest";
import { createEndpoint } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import { tokenFor } from "../src/login.ts";
import { options, userSocket } from "../src/socket.ts";

/** A server without a network, and a function that joins a room as somebody. */
function startChat() {
  const endpoint = createEndpoint({ ...options, logger: false });
  const kit = testSocket(userSocket, { endpoint });
  onTestFinished(async () => {
    await kit.close();
    await endpoint.close();
  });
  const connect = (name: string) => kit.connect({ token: tokenFor(name) });
  return {
    kit,
    connect,
    join: async (name: string, room: `room:${string}`) => (await connect(name)).subscribeAndJoin(room),
  };
}

it("sends a message to everyone in the room, and shows it to those who come later", async () => {
  const { join } = startChat();
  const ada = await join("Ada", "room:lobby");
  const grace = await join("Grace", "room:lobby");
  const { id } = await ada.assertReply(ada.push("new_msg", { body: " hello " }), "ok");
  await grace.assertPush("new_msg", { id, name: "Ada", body: "hello" });
  const linus = await join("Linus", "room:lobby");
  expect(linus.response.messages.at(-1)).toMatchObject({ id, name: "Ada", body: "hello" });
});

it("refuses empty messages, and rooms that do not exist", async () => {
  const { connect, join } = startChat();
  const ada = await join("Ada", "room:lobby");
  const issues = [{ message: "Write something first." }];
  await ada.assertReply(ada.push("new_msg", { body: " " }), "error", { reason: "invalid payload", issues });
  const client = await connect("Ada");
  expect(await client.join("room:nowhere")).toMatchObject({ status: "error" });
});

it("sends a page that was offline what it has missed", async () => {
  const { kit, connect } = startChat();
  const client = await connect("Ada");
  const ada = await client.subscribeAndJoin("room:random");
  const grace = await (await connect("Grace")).subscribeAndJoin("room:random");
  client.loseMessages(1); // and with it the connection
  await grace.assertReply(grace.push("new_msg", { body: "are you there?" }), "ok");
  await client.reconnect();
  await ada.assertRecovered({ count: 1 });
  await ada.assertPush("new_msg", { body: "are you there?" });
  await kit.close();
});

it("saves a message once, also when the page sends it twice", async () => {
  const { connect, join } = startChat();
  const client = await connect("Ada");
  const ada = await client.subscribeAndJoin("room:help");
  const ref = await ada.pushNumbered("new_msg", { body: "once" });
  const { id } = await ada.assertReply(ref, "ok");
  client.close(); // before the reply arrived, say
  await client.reconnect();
  await ada.assertReply(ada.repeat(ref), "ok", { id });
  const { messages } = (await join("Grace", "room:help")).response;
  expect(messages.map(({ body }) => body)).toEqual(["once"]);
});

it("tells who is here and who is typing", async () => {
  const { join } = startChat();
  const ada = await join("Ada", "room:lobby");
  await ada.assertPush("presence_state", { Ada: { metas: [{}] } });
  const grace = await join("Grace", "room:lobby");
  await ada.assertPush("presence_diff", { joins: { Grace: { metas: [{}] } } });
  grace.push("typing", { value: true });
  await ada.assertPush("typing", { key: "Grace", value: true });
  grace.leave();
  await ada.assertPush("typing", { key: "Grace", value: null });
  await ada.assertPush("presence_diff", { leaves: { Grace: { metas: [{}] } } });
});

it("refuses a token that it has not made", async () => {
  const { kit } = startChat();
  expect(await kit.assertRefused({ token: "made up" })).toMatchObject({ reason: "login" });
});
