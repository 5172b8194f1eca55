/** Requests as bytes: for the doors of an endpoint and for the application beside it. */

const HANDSHAKE =
  "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const HOST = "host: 127.0.0.1\r\n";

export const request = (line: string, headers = "", body = ""): string =>
  `${line} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
export const post = (path: string, body: string, headers = ""): string =>
  request(`POST ${path}`, `content-length: ${Buffer.byteLength(body)}\r\n${headers}`, body);
export const upgrade = (path: string, headers = HANDSHAKE): string => request(`GET ${path}`, headers);

/** A masked text frame with a heartbeat. */
const HEARTBEAT = '\u0081\u00a6\0\0\0\0[null,"1","phoenix","heartbeat",{}   ]';
const LINES = '["1","1","echo:1","phx_join",{}]\n["1","2","echo:1","echo",{"a":1}]';
const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** What is cut off after each of its bytes. The bytes are latin1. */
export const WHOLE: Readonly<Record<string, string>> = {
  "a WebSocket": upgrade("/socket/websocket?vsn=2.0.0") + HEARTBEAT,
  "a WebSocket of V1": upgrade("/socket/websocket?vsn=1.0.0"),
  "a WebSocket that is compressed": upgrade(
    "/compressed/websocket?vsn=2.0.0",
    `${HANDSHAKE}sec-websocket-extensions: permessage-deflate\r\n`,
  ),
  "a WebSocket whose connect takes its time": upgrade("/guarded/websocket?vsn=2.0.0") + HEARTBEAT,
  "a WebSocket that is refused": upgrade("/guarded/websocket?refuse=no"),
  "a WebSocket whose connect throws": upgrade("/guarded/websocket?crash=yes"),
  "a WebSocket of another origin": upgrade("/socket/websocket", `${HANDSHAKE}origin: https://elsewhere.example\r\n`),
  "a WebSocket of an unknown version": upgrade("/socket/websocket?vsn=9.0.0"),
  "an upgrade on no path of anybody": upgrade("/nowhere"),
  "an upgrade on a path of long polling": upgrade("/socket/longpoll"),
  "an upgrade of an unknown kind": upgrade("/socket/websocket", "connection: upgrade\r\nupgrade: tea\r\n"),
  "an upgrade by POST": post("/socket/websocket", "x", HANDSHAKE),
  "no upgrade": request("GET /socket/websocket?vsn=2.0.0"),
  "no upgrade that is refused": request("GET /guarded/websocket?refuse=no"),
  "a poll": request("GET /socket/longpoll?vsn=2.0.0"),
  "a poll whose connect takes its time": request("GET /guarded/longpoll?vsn=2.0.0"),
  "a POST": post("/socket/longpoll?vsn=2.0.0&token=TOKEN", LINES, "content-type: application/x-ndjson\r\n"),
  "a POST in chunks": request("POST /socket/longpoll?token=TOKEN", "transfer-encoding: chunked\r\n", chunked(LINES)),
  "a POST that waits to be told to go on": post("/socket/longpoll?token=TOKEN", LINES, "expect: 100-continue\r\n"),
  "a POST without a session": post("/socket/longpoll?vsn=2.0.0", LINES),
  "a preflight": request(
    "OPTIONS /socket/longpoll",
    "origin: http://127.0.0.1\r\naccess-control-request-method: POST\r\n",
  ),
  "a request of the application": request("GET /app/cut"),
  "a POST to the application": post("/app/cut", "body"),
  "the inspector's page": request("GET /inspector/"),
  "what the inspector shows": request("GET /inspector/snapshot/topics?query=%7B%22sort%22%3A%22rate%22%7D"),
  "a ticket of the inspector": request("POST /inspector/ticket", "origin: http://127.0.0.1\r\n"),
  "a ticket that is asked for with a body": post("/inspector/ticket", LINES, "origin: http://127.0.0.1\r\n"),
  "the inspector's socket without a ticket": upgrade("/inspector/socket/websocket?vsn=2.0.0") + HEARTBEAT,
  health: request("GET /health"),
  nothing: request("GET /nothing"),
};

const SMUGGLED = request("GET /app/smuggled");

/** Sent whole: none of them may reach the application as a request of its own. */
export const SMUGGLING: readonly string[] = [
  request("POST /app/outer", `content-length: 4\r\ntransfer-encoding: chunked\r\n`, `0\r\n\r\n${SMUGGLED}`),
  request("POST /socket/longpoll", `content-length: 4\r\ntransfer-encoding: chunked\r\n`, `0\r\n\r\n${SMUGGLED}`),
  request("POST /app/outer", `transfer-encoding: chunked, identity\r\n`, `0\r\n\r\n${SMUGGLED}`),
  request("POST /app/outer", `transfer-encoding: xchunked\r\ncontent-length: ${SMUGGLED.length}\r\n`, SMUGGLED),
  request("POST /app/outer", `content-length: ${SMUGGLED.length}\r\ncontent-length: 0\r\n`, SMUGGLED),
  request("POST /app/outer", `content-length: +0\r\n`, SMUGGLED),
  request("POST /app/outer", `content-length: ${SMUGGLED.length}`.replace(":", " :") + "\r\n", SMUGGLED),
  request("POST /app/outer", `x: y\n content-length: 0\r\ncontent-length: ${SMUGGLED.length}\r\n`, SMUGGLED),
  upgrade("/socket/websocket?vsn=2.0.0") + SMUGGLED,
  upgrade("/nowhere") + SMUGGLED,
  upgrade("/socket/longpoll") + SMUGGLED,
  upgrade("/guarded/websocket?refuse=no") + SMUGGLED,
  upgrade("/socket/websocket", "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 99\r\n") + SMUGGLED,
];

const CLOSING = "connection: close\r\n";
const INJECTED = "x%0d%0aset-cookie:%20forged=1%0d%0a%0d%0aforged";
/** Reasons that would become headers. */
export const SPLITTING: readonly string[] = [
  upgrade(`/guarded/websocket?refuse=${INJECTED}`),
  request(`GET /guarded/websocket?refuse=${INJECTED}`, CLOSING),
  upgrade("/guarded/websocket?refuse=%00"),
  request("GET /guarded/websocket?refuse=%00", CLOSING),
  upgrade("/guarded/websocket?refuse=%F0%9F%98%80"),
  request("GET /guarded/websocket?refuse[a]=1&refuse[b][]=2", CLOSING),
  upgrade("/guarded/websocket?refuse[toString]=1"),
  request("GET /guarded/longpoll?refuse[toString]=1", CLOSING),
  upgrade(`/guarded/websocket?crash=${INJECTED}`),
];

/** What no browser sends. Any answer will do, as long as there is one or the connection is closed. */
export const ODD: readonly string[] = [
  "\r\n\r\n\r\n",
  "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "GET / HTTP/0.9\r\n\r\n",
  "GET /socket/websocket\r\n",
  "GET  /socket/websocket  HTTP/1.1\r\n\r\n",
  request("GET *"),
  request("GET //socket/websocket"),
  request("GET /socket/websocket?%"),
  request(`GET /socket/websocket?${"a[".repeat(4_000)}`),
  request(`GET /socket/longpoll?${"a=1&".repeat(3_900)}`),
  request("GET /%%%/%00/%ff"),
  request("GET http://"),
  request("GET http://[::1/socket/websocket"),
  request("GET ftp://elsewhere/socket/websocket?vsn=2.0.0"),
  request("CONNECT 127.0.0.1:80"),
  request("CONNECT /socket/websocket"),
  request("TRACE /socket/longpoll"),
  request("HEAD /socket/longpoll"),
  request("DELETE /socket/longpoll"),
  request("BREW /socket/websocket"),
  request("GET /socket/websocket", `x: ${"y".repeat(20_000)}\r\n`),
  request("GET /socket/websocket", "x: y\r\n".repeat(3_000)),
  request("GET /socket/websocket", "connection: upgrade\r\nupgrade: websocket, h2c\r\n"),
  upgrade("/socket/websocket", `${HANDSHAKE}sec-websocket-key: twice\r\n`),
  upgrade("/socket/websocket", HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "short")),
  upgrade("/socket/websocket", `${HANDSHAKE}sec-websocket-protocol: ,,, \u00e9\r\n`),
  upgrade("/guarded/websocket", `${HANDSHAKE}sec-websocket-protocol: phoenix, base64url.bearer.phx.%%%\r\n`),
  upgrade(
    "/compressed/websocket",
    `${HANDSHAKE}sec-websocket-extensions: permessage-deflate; client_max_window_bits=99\r\n`,
  ),
  upgrade("/compressed/websocket", `${HANDSHAKE}sec-websocket-extensions: ;;;,,=\r\n`),
  upgrade("/socket/websocket", `${HANDSHAKE}origin: null\r\norigin: http://\u00ff\r\n`),
  upgrade("/socket/websocket", `${HANDSHAKE}cookie: ${"a=b; ".repeat(2_000)}\r\n`),
  upgrade("/socket/websocket", `${HANDSHAKE}x-forwarded-for: ,,,;\r\nforwarded: for="[`),
  post("/socket/longpoll?token[]=1", LINES),
  post("/socket/longpoll", "\u00ff\u00fe", "content-type: application/x-ndjson\r\n"),
  post("/socket/longpoll", "\n".repeat(1_000)),
  request("POST /socket/longpoll", "content-length: 99999999999999999999\r\n"),
  request("POST /socket/longpoll", "content-length: -1\r\n"),
  request("POST /socket/longpoll", "transfer-encoding: chunked\r\n", "fffffffff\r\n"),
  request("POST /socket/longpoll", "transfer-encoding: chunked\r\n", "1\r\nx\r\n0\r\ntrailer: x\r\n\r\n"),
  // Pipelined: several requests in one segment, the last one an upgrade.
  request("GET /socket/longpoll") +
    request("GET /health") +
    request("GET /app/piped") +
    upgrade("/socket/websocket") +
    HEARTBEAT,
  request("GET /socket/longpoll").repeat(50),
  post("/socket/longpoll", LINES).repeat(20),
];
