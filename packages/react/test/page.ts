/** Components on a page: hooks below a provider, in StrictMode if asked for, connected to a live server. */
import { renderHook } from "@testing-library/react";
import type { RenderHookResult } from "@testing-library/react";
import type { SocketOptions } from "@wingbeat/client";
import { createHooks } from "@wingbeat/react";
import { createElement } from "react";
import type { ReactElement, ReactNode } from "react";
import { afterEach, beforeEach, vi } from "vitest";
import { WebSocket } from "ws";
import type { UserSocket } from "../../client/test/bindings/live-server.ts";

export const { SocketProvider, useSocket, useConnection, useRefusal, useChannel, useEvent, usePresence } =
  createHooks<UserSocket>();

export const options: SocketOptions = {
  transport: WebSocket,
  reconnectAfterMs: () => 10,
  rejoinAfterMs: () => 10,
};

export interface Page {
  readonly url: string;
  readonly strict?: boolean;
}

export const provide = ({ url }: Page, children: ReactNode): ReactElement =>
  createElement(SocketProvider, { url, options }, children);

/** Runs a hook in a component of its own below a provider. */
export function use<Props, Result>(
  { url, strict = false }: Page,
  hook: (props: Props) => Result,
  initialProps: NoInfer<Props>,
): RenderHookResult<Result, Props> {
  const wrapper = ({ children }: { readonly children: ReactNode }) => provide({ url }, children);
  return renderHook(hook, { initialProps, wrapper, reactStrictMode: strict });
}

/** Each test of the file fails when React complained of something. */
export function failOnComplaints(): void {
  const complaints: unknown[] = [];
  beforeEach(() => {
    complaints.length = 0;
    vi.spyOn(console, "error").mockImplementation((...complaint) => complaints.push(complaint));
  });
  afterEach(() => {
    if (complaints.length > 0) throw new Error("console.error was called", { cause: complaints });
  });
}
