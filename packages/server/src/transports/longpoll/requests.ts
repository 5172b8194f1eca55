/** The two requests that wait for a session: a GET for its messages, a POST for its batch to be taken. */
import type { ServerResponse } from "node:http";
import type { FrameData } from "@wingbeat/protocol";
import { answerJson, endUnread, pollText, statusText } from "./answer.ts";
import type { Deliverer, Delivery, Poller, Reach } from "./reach.ts";
import { WaitingRequest } from "./waiting-request.ts";
import type { Patience } from "./waiting-request.ts";

export class PollRequest extends WaitingRequest implements Poller {
  available(): void {
    this.askAgain();
  }

  messages(literals: readonly string[]): void {
    if (!this.over()) return;
    answerJson(this.response, pollText(literals.length === 0 ? 204 : 200, this.reach.token, literals));
    endUnread(this.response, this.patience.bodyTimeout);
  }

  protected override ask(): void {
    this.reach.poll(this);
  }

  protected override late(): void {
    this.messages([]);
  }
}

/** The statuses of a session. A batch that was not read to the end counts as not confirmed in time. */
const STATUS: Readonly<Record<Delivery, number>> = { delivered: 200, unread: 408, full: 429 };

export class PostRequest extends WaitingRequest implements Deliverer {
  readonly #frames: readonly FrameData[];
  readonly #onFull: () => void;

  constructor(
    response: ServerResponse,
    reach: Reach,
    patience: Patience,
    frames: readonly FrameData[],
    onFull: () => void,
  ) {
    super(response, reach, patience, () => answerJson(response, statusText(410)));
    this.#frames = frames;
    this.#onFull = onFull;
  }

  settled(delivery: Delivery): void {
    if (!this.over()) return;
    if (delivery === "full") this.#onFull();
    answerJson(this.response, statusText(STATUS[delivery]));
  }

  protected override ask(): void {
    this.reach.deliver(this.#frames, this);
  }

  protected override late(): void {
    this.settled("unread");
  }
}
