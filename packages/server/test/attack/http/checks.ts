/** Attacks over HTTP whose answers say whether a promise holds. */
import { request, post, upgrade, SMUGGLING, SPLITTING } from "./requests.ts";
import { send } from "./send.ts";

/** Sends what must not be taken for two requests, or become headers of an answer. */
export async function smuggling(port: number): Promise<string[]> {
  const violations: string[] = [];
  for (const bytes of SMUGGLING) {
    const answer = await send(port, bytes, "end");
    if (answer.includes("application: /app/smuggled")) violations.push(`was smuggled in: ${JSON.stringify(bytes)}`);
  }
  for (const bytes of SPLITTING) {
    const answer = await send(port, bytes, "wait");
    const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
    const isSplit = /^set-cookie:/im.test(head) || (answer.includes("set-cookie") && !bodyIs(head, body, answer));
    if (isSplit)
      violations.push(`an answer was split by ${JSON.stringify(bytes.split("\r\n", 1)[0])}: ${JSON.stringify(head)}`);
    if (!answer.startsWith("HTTP/1.1 ")) violations.push(`no answer to ${JSON.stringify(bytes.split("\r\n", 1)[0])}`);
  }
  return violations;
}

/** Whether all behind the head is the one body that the head announces. */
function bodyIs(head: string, _body: string, answer: string): boolean {
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  return answer.length === head.length + 4 + length;
}

interface PollAnswer {
  readonly status: number;
  readonly token?: string;
}

const bodyOf = (answer: string): PollAnswer => {
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  return JSON.parse(/\{.*\}/s.exec(body)?.[0] ?? '{"status":0}') as PollAnswer;
};

/** Tokens that were not given, or were given elsewhere, open nothing. */
export async function forgedTokens({
  own,
  shared,
}: {
  readonly own: number;
  readonly shared: number;
}): Promise<string[]> {
  const violations: string[] = [];
  const { token = "" } = bodyOf(await send(own, request("GET /socket/longpoll?vsn=2.0.0"), "end"));
  const forged = [
    "",
    "x",
    token.slice(0, -1),
    `${token}A`,
    token.toUpperCase(),
    token.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    token.split(".").toReversed().join("."),
    "SFMyNTY.g3QAAAAA.",
    "%00".repeat(100),
    "A".repeat(8_000),
  ].map((text) => [own, "/socket", text] as const);
  const elsewhere = [
    [own, "/guarded", token],
    [shared, "/socket", token],
  ] as const;
  for (const [port, mount, text] of [...forged, ...elsewhere]) {
    const bytes = post(
      `${mount}/longpoll?vsn=2.0.0&token=${encodeURIComponent(text)}`,
      '["1","1","echo:1","phx_join",{}]',
    );
    const { status } = bodyOf(await send(port, bytes, "end"));
    if (status === 200) violations.push(`a forged token was accepted on ${mount}: ${text.slice(0, 100)}`);
  }
  return violations;
}

/** What is unusual and allowed: it must be answered as it should be. */
export async function allowed(ports: { readonly own: number; readonly shared: number }): Promise<string[]> {
  const violations: string[] = [];
  const expect = async (what: string, port: number, bytes: string, part: string): Promise<void> => {
    const answer = await send(port, bytes, "end");
    if (!answer.includes(part)) violations.push(`${what} was answered ${JSON.stringify(answer.slice(0, 200))}`);
  };
  const origin = "http://127.0.0.1";
  await expect(
    "a WebSocket in absolute form",
    ports.own,
    upgrade(`${origin}/socket/websocket?vsn=2.0.0`),
    "HTTP/1.1 101",
  );
  await expect(
    "a poll in absolute form",
    ports.own,
    request(`GET ${origin}/socket/longpoll?vsn=2.0.0`),
    '"status":410',
  );
  for (const kind of ["h2c", "TLS/1.0", "foo"]) {
    const headers = `connection: upgrade\r\nupgrade: ${kind}\r\n`;
    await expect(`an offer of ${kind}`, ports.shared, upgrade(`/app/${kind}`, headers), `application: /app/${kind}`);
    await expect(
      `a poll with an offer of ${kind}`,
      ports.own,
      upgrade("/socket/longpoll?vsn=2.0.0", headers),
      '"status":410',
    );
  }
  return violations;
}
