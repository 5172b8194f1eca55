/** The client of OpenAI's API, with servers that do what such servers do. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { OpenAiModel } from "../src/model/openai.ts";

const TALK = [{ role: "user" as const, content: "Hi" }];
const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const DONE = "data: [DONE]\n\n";

/** A server until the end of the test. Gives its base URL. */
async function serve(answer: (response: ServerResponse, request: IncomingMessage) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(response, request)).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function read(url: string, signal = new AbortController().signal, silence = 60_000): Promise<string> {
  let answer = "";
  const model = new OpenAiModel({ url, key: "a key", model: "some-model", silence });
  for await (const piece of model.answer(TALK, signal)) answer += piece;
  return answer;
}

it("asks for a stream, and reads it wherever the network cuts it", async () => {
  let asked: unknown;
  const url = await serve(async (response, request) => {
    asked = { url: request.url, key: request.headers.authorization, body: JSON.parse(await text(request)) };
    const head = 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\r\n\r\n: a comment\n\n';
    const tail = 'data: {"choices":[],"usage":{"total_tokens":7}}\n\n';
    for (const byte of Buffer.from(`${head}${event("Grüß ")}${event("👋\n")}${event("data: 1")}${tail}${DONE}`)) {
      response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    response.end();
  });
  expect(await read(`${url}/`)).toBe("Grüß 👋\ndata: 1");
  expect(asked).toEqual({
    url: "/v1/chat/completions",
    key: "Bearer a key",
    body: { model: "some-model", messages: TALK, stream: true },
  });
});

it.each([
  [401, '{"error":{"message":"Incorrect API key provided."}}', "has answered 401: Incorrect API key provided."],
  [404, '{"error":"model \\"some-model\\" not found"}', 'has answered 404: model "some-model" not found'],
  [502, "<h1>Bad Gateway</h1>", "has answered 502: <h1>Bad Gateway</h1>"],
  [500, "", "has answered 500: no reason given."],
])("says why a server refuses: %i %s", async (status, body, sentence) => {
  const url = await serve((response) => response.writeHead(status).end(body));
  await expect(read(url)).rejects.toThrow(`The model's server ${sentence}`);
});

it.each([
  ['data: {"error":{"message":"overloaded"}}\n\n', "The model has failed: overloaded"],
  ["", "The model's server has closed the connection before the end of the answer."],
  ["data: nonsense\n\n", "The model's server has sent something that is not JSON."],
])("says why an answer ends early: %#", async (end, sentence) => {
  const url = await serve((response) => response.end(event("Half of ") + end));
  await expect(read(url)).rejects.toThrow(sentence);
});

it("says that a server is not there", async () => {
  const url = await serve(() => {});
  const nowhere = url.replace(/:\d+/, ":1");
  await expect(read(nowhere)).rejects.toThrow(`The model's server cannot be reached at ${nowhere}. Is it running?`);
});

it("does not wait for ever for a server that has fallen silent", async () => {
  const url = await serve((response) => response.write(event("Half of ")));
  await expect(read(url, undefined, 50)).rejects.toThrow("The model has sent nothing for 0.05 seconds.");
});

it("stops asking when it is told to", async () => {
  const abort = new AbortController();
  let closed: Promise<unknown> | undefined;
  const url = await serve((response) => {
    closed = once(response, "close");
    response.write(event("Half of "), () => abort.abort());
  });
  await expect(read(url, abort.signal)).rejects.toMatchObject({ name: "AbortError" });
  await closed;
});
