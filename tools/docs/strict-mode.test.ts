// @vitest-environment happy-dom
/** The two hooks in docs/guide/troubleshooting.md, in React's StrictMode: one stays offline, as it says there, one does not. */
import { cleanup, render } from "@testing-library/react";
import { Socket } from "@wingbeat/client";
import { fakeServer } from "@wingbeat/client/testing";
import { createElement, StrictMode, useEffect, useState } from "react";
import ts from "typescript";
import { afterEach, expect, it } from "vitest";
import { blocksOf } from "./documents.ts";

afterEach(cleanup);

it.each([
  ["useBrokenSocket", "closed"],
  ["useSocket", "open"],
])("%s is %s", async (name, state) => {
  const server = fakeServer();
  class TestSocket extends Socket {
    constructor(url: string) {
      super(url, { transport: server.transport });
    }
  }
  const block = blocksOf("docs/guide/troubleshooting.md").find(({ text }) => text.includes(`function ${name}(`));
  const code = ts.transpile(block?.text ?? "", { target: ts.ScriptTarget.ES2023 });
  // oxlint-disable-next-line no-new-func -- the hook as it is printed.
  const hook = new Function("Socket", "useState", "useEffect", `${code}; return ${name};`)(
    ...[TestSocket, useState, useEffect],
  ) as () => Socket;
  let socket: Socket | undefined;
  const Page = () => {
    socket = hook();
    return null;
  };
  render(createElement(StrictMode, null, createElement(Page)));
  // Connecting takes a turn, and so would connecting again.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(socket?.connectionState()).toBe(state);
  cleanup();
  server.close();
});
