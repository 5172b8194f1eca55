/* oxlint-disable unicorn/prefer-add-event-listener -- like phoenix.js, a LongPoll has no addEventListener */
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { LongPoll } from "../longpoll.ts";

const OPENED = '{"messages":[],"status":410,"token":"T"}';
const TWO = '{"messages":["a","b"],"status":200,"token":"T"}';
const GONE = '{"status":410}';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A connection whose requests are answered at once, in this order; a further one waits until it is aborted. */
function connect(...answers: string[]): LongPoll {
  vi.stubGlobal("fetch", (_url: string, { signal }: { readonly signal: AbortSignal }) => {
    const answer = answers.shift();
    if (answer !== undefined) return Promise.resolve(new Response(answer));
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  });
  const connection = new LongPoll("ws://127.0.0.1/socket/websocket");
  onTestFinished(() => connection.close());
  return connection;
}

/** Records all events; the promise is fulfilled with them when the connection is closed. */
function record(connection: LongPoll): Promise<string[]> {
  const events: string[] = [];
  return new Promise((resolve) => {
    connection.onopen = () => events.push("open");
    connection.onmessage = ({ data }) => events.push(String(data));
    connection.onerror = (status) => events.push(`error ${status}`);
    connection.onclose = ({ code, reason }) => {
      events.push(`close ${code} ${reason}`);
      resolve(events);
    };
  });
}

/** Collects what is thrown in timers, until the test ends. */
function catchUncaught(): unknown[] {
  const uncaught: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  });
  return uncaught;
}

describe("the events of a LongPoll", () => {
  it("come in the order in which the server caused them, the end last", async () => {
    const events = await record(connect(OPENED, TWO, GONE));
    expect(events).toEqual(["open", "a", "b", "error 410", "close 3410 session_gone"]);
  });

  it("are tasks: everything that a message causes happens before the next one", async () => {
    const connection = connect(OPENED, TWO, GONE);
    const closed = record(connection);
    const order: string[] = [];
    connection.onmessage = async ({ data }) => {
      order.push(String(data));
      for (let step = 0; step < 20; step++) await Promise.resolve();
      order.push(`after ${String(data)}`);
    };
    await closed;
    expect(order).toEqual(["a", "after a", "b", "after b"]);
  });

  it("come also when a callback for an earlier one has thrown", async () => {
    const connection = connect(OPENED, TWO, GONE);
    const uncaught = catchUncaught();
    const closed = record(connection);
    const received: string[] = [];
    connection.onopen = () => {
      throw new Error("open");
    };
    connection.onmessage = ({ data }) => {
      received.push(String(data));
      throw new Error(String(data));
    };
    await closed;
    expect(received).toEqual(["a", "b"]);
    expect(uncaught).toEqual([new Error("open"), new Error("a"), new Error("b")]);
  });

  it("come no more when a callback has closed the connection", async () => {
    const connection = connect(OPENED, TWO, GONE);
    const closed = record(connection);
    connection.onmessage = ({ data }) => connection.close(1000, String(data));
    const events = await closed;
    await new Promise((resolve) => setTimeout(resolve));
    expect(events).toEqual(["open", "close 1000 a"]);
  });

  it("end with the close of onerror, if that closes by itself", async () => {
    const connection = connect(OPENED, GONE);
    const closed = record(connection);
    connection.onerror = () => connection.close(4001, "seen");
    const events = await closed;
    await new Promise((resolve) => setTimeout(resolve));
    expect(events).toEqual(["open", "close 4001 seen"]);
  });

  it("end with a close although onerror throws", async () => {
    const connection = connect(OPENED, GONE);
    const uncaught = catchUncaught();
    const closed = record(connection);
    connection.onerror = () => {
      throw new Error("mine");
    };
    expect(await closed).toEqual(["open", "close 3410 session_gone"]);
    await vi.waitFor(() => expect(uncaught).toEqual([new Error("mine")]));
  });
});
