/**
 * What a client does on every platform: joins, pushes JSON and bytes, gets bytes, leaves. Rejects with
 * what went wrong. CommonJS, so that Jest, Metro and `require()` take it as it is.
 */
exports.visit = async function visit({ Socket, Presence }, url, options = {}) {
  const socket = new Socket(url, options);
  socket.connect();
  try {
    const channel = socket.channel("room:1", {});
    const presence = new Presence(channel);
    const bytes = new Promise((resolve) => channel.on("bytes", resolve));
    const joined = await channel.join();
    expect(joined.id, "1", "reply of the join");
    expect(sizeOf(await bytes), 3, "bytes pushed by the server");
    const answer = await channel.push("echo", { text: "grüße 👋", list: [1, null] });
    expect(JSON.stringify(answer), '{"text":"grüße 👋","list":[1,null]}', "echo of JSON");
    expect(sizeOf(await channel.push("echo", new Uint8Array([1, 2, 3, 4]).buffer)), 4, "echo of an ArrayBuffer");
    expect(sizeOf(await channel.push("echo", new Uint8Array([5, 6]))), 2, "echo of a Uint8Array");
    expect(presence.list().length, 0, "presences");
    await channel.leave();
    expect(channel.state, "closed", "state after leave");
  } finally {
    await new Promise((resolve) => socket.disconnect(resolve));
  }
};

function sizeOf(bytes) {
  return bytes?.byteLength ?? `no bytes but ${JSON.stringify(bytes)}`;
}

function expect(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`);
}
