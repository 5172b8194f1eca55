/** How connections are refused. */
import type { FrameData } from "@wingbeat/protocol";
import type { RefusalNotice } from "../socket/refusal-message.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import type { HttpAnswer } from "./answer.ts";
import type { Absence } from "./deadline.ts";
import type { NoSlot } from "./gate.ts";

type Stage = TelemetryEvents["socket.refused"]["stage"];

/** A refused connection. */
export class Refusal {
  readonly stage: Stage;
  readonly answer: HttpAnswer;
  readonly reason: unknown;
  error: unknown;
  /** What `connect` wants clients with extensions to be told. */
  readonly notice: RefusalNotice | undefined;
  /** The same as a frame for this client, if it has extensions: sent instead of the HTTP answer. */
  frame: FrameData | undefined = undefined;
  /** The WebSocket subprotocol to answer with. */
  subprotocol: string | undefined = undefined;

  constructor(stage: Stage, answer: HttpAnswer, reason?: unknown, error?: unknown, notice?: RefusalNotice) {
    this.stage = stage;
    this.answer = answer;
    this.reason = reason;
    this.error = error;
    this.notice = notice;
  }
}

export const FORBIDDEN: HttpAnswer = { status: 403 };

/** Seconds for `Retry-After`. By then a draining server has restarted, or the load balancer picks another. */
const RETRY_AFTER: Readonly<Record<NoSlot, string>> = { draining: "1", maxConnections: "5", maxConnectionsPerIp: "5" };

export const noSlot = (why: NoSlot): Refusal =>
  new Refusal(why === "draining" ? why : "limit", { status: 503, headers: { "retry-after": RETRY_AFTER[why] } }, why);

/** The client has gone, or `connectTimeout` has passed. 499 is what proxies log when the client closed the request: there is nobody to answer. */
const ABSENT: Readonly<Record<Absence, HttpAnswer>> = {
  gone: { status: 499 },
  timeout: { status: 503, headers: { "retry-after": "5" } },
};

export const absent = (why: Absence): Refusal =>
  new Refusal(why, ABSENT[why], why === "timeout" ? "connectTimeout" : undefined);

export const jsonAnswer = (status: number, detail: string): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ errors: { detail } }),
});

export const crash = (error: unknown): Refusal =>
  new Refusal("connect crashed", jsonAnswer(500, "Internal Server Error"), undefined, error);
