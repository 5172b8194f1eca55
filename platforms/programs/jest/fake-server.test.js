const { Presence, Socket } = require("@wingbeat/client");
const { fakeServer, ok } = require("@wingbeat/client/testing");

const server = fakeServer();
afterAll(() => server.close());

test("a fake server answers with Jest's fake timers", async () => {
  jest.useFakeTimers();
  server.channel("room:*").onJoin(({ as }) => ok({ as }));
  const socket = new Socket("ws://any/socket", {
    transport: server.transport,
    reconnectAfterMs: () => 10,
    hiddenReconnectAfterMs: () => 10,
  });
  socket.connect();
  const room = socket.channel("room:1", { as: "ann" });
  const here = new Presence(room);
  expect(await room.join()).toEqual({ as: "ann" });
  const client = await server.joined("room:1");
  client.presence.join("ann", { device: "phone" });
  expect(Object.keys(here.state)).toEqual(["ann"]);
  const pushed = room.push("new_msg", new Uint8Array([1, 2]));
  const received = await client.received("new_msg");
  received.reply(ok(received.payload));
  expect([...new Uint8Array(await pushed)]).toEqual([1, 2]);

  server.disconnect();
  expect(room.state).toBe("errored");
  await jest.advanceTimersByTimeAsync(10);
  expect(room.state).toBe("joined");
  socket.disconnect();
});
