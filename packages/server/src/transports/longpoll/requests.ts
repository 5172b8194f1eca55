/** The two requests that wait for a client: a GET for its messages, a POST for its batch to be taken. */
import type { FrameData } from "@wingbeat/protocol";
import type { Exchange } from "../../hosts/host.ts";
import { jsonBody, pollText, statusText } from "./answer.ts";
import type { Deliverer, Delivery, Poller, LongPollClient } from "./client.ts";
import { WaitingRequest } from "./waiting-request.ts";
import type { Timeouts } from "./waiting-request.ts";

export class PollRequest extends WaitingRequest implements Poller {
  available(): void {
    this.askAgain();
  }

  messages(literals: readonly string[]): void {
    if (!this.over()) return;
    const text = pollText(literals.length === 0 ? 204 : 200, this.client.token, literals);
    this.exchange.answer(jsonBody(text), this.timeouts.bodyTimeout);
  }

  protected override ask(): void {
    this.client.poll(this);
  }

  protected override late(): void {
    this.messages([]);
  }
}

/** The statuses of a batch. One that was not read to the end counts as not confirmed in time. */
const STATUS: Readonly<Record<Delivery, number>> = { delivered: 200, unread: 408, full: 429 };

export class PostRequest extends WaitingRequest implements Deliverer {
  readonly #frames: readonly FrameData[];
  readonly #onFull: () => void;

  constructor(
    exchange: Exchange,
    client: LongPollClient,
    timeouts: Timeouts,
    frames: readonly FrameData[],
    onFull: () => void,
  ) {
    super(exchange, client, timeouts, () => exchange.answer(jsonBody(statusText(410))));
    this.#frames = frames;
    this.#onFull = onFull;
  }

  settled(delivery: Delivery): void {
    if (!this.over()) return;
    if (delivery === "full") this.#onFull();
    this.exchange.answer(jsonBody(statusText(STATUS[delivery])));
  }

  protected override ask(): void {
    this.client.deliver(this.#frames, this);
  }

  protected override late(): void {
    this.settled("unread");
  }
}
