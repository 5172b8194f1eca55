/** A WebSocket whose other end is the server's room in a few lines: joins, echoes and pushes bytes. */
export class FakeWebSocket {
  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.bufferedAmount = 0;
    this.binaryType = "blob";
    setTimeout(() => {
      this.readyState = 1;
      this.onopen({});
    });
  }

  send(data) {
    setTimeout(() => this.#answer(data));
  }

  close(code = 1005, reason = "") {
    this.readyState = 2;
    setTimeout(() => {
      this.readyState = 3;
      if (this.onclose) this.onclose({ code, reason, wasClean: true });
    });
  }

  #answer(data) {
    if (typeof data !== "string") return this.#tell(echoOf(new Uint8Array(data.buffer || data)));
    const [joinRef, ref, topic, event, payload] = JSON.parse(data);
    const response = event === "phx_join" ? { id: "1" } : payload;
    this.#tell(JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response }]));
    if (event === "phx_join") this.#tell(frameOf(0, [joinRef, topic, "bytes"], [1, 2, 3]));
  }

  #tell(data) {
    setTimeout(() => this.onmessage({ data }));
  }
}

/** A reply of kind 1 to a push of kind 0, with the payload that came. */
function echoOf(frame) {
  const lengths = [...frame.subarray(1, 5)];
  let offset = 5;
  const [joinRef, ref, topic] = lengths.map((length) => {
    const text = String.fromCharCode(...frame.subarray(offset, offset + length));
    offset += length;
    return text;
  });
  return frameOf(1, [joinRef, ref, topic, "ok"], [...frame.subarray(offset)]);
}

function frameOf(kind, strings, payload) {
  const lengths = strings.map((text) => text.length);
  const codes = strings.flatMap((text) => [...text].map((character) => character.charCodeAt(0)));
  return new Uint8Array([kind, ...lengths, ...codes, ...payload]).buffer;
}
