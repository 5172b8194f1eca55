/** A topic of a fake server: what outlives its clients. */
import { v2Server, withPosition } from "@wingbeat/protocol";
import type { FrameData } from "@wingbeat/protocol";
import type { Declared } from "./declared.ts";
import { History } from "./history.ts";
import { Lines } from "./line.ts";
import { Presences } from "./presence.ts";

/** A client on a topic. */
export interface Member {
  /** It understands positions. */
  readonly isAware: boolean;
  deliver(frame: FrameData): void;
}

export class Topic<Client extends Member = Member> {
  readonly name: string;
  readonly declared: Declared;
  /** In the order of their joins. */
  readonly members = new Set<Client>();
  readonly history = new History();
  readonly lines = new Lines();
  readonly presence: Presences;

  constructor(name: string, declared: Declared) {
    this.name = name;
    this.declared = declared;
    this.presence = new Presences(name, (event, payload) => this.#send(event, payload));
  }

  broadcast(event: string, payload: object): void {
    this.#send(event, payload, this.declared.records(event));
  }

  #send(event: string, payload: object, isRecorded = false): void {
    const frame = v2Server.encodeBroadcast(this.name, event, payload);
    if (!isRecorded) return this.#deliver(() => frame);
    const positioned = withPosition(frame, this.history.record(event, payload));
    this.#deliver(({ isAware }) => (isAware ? positioned : frame));
  }

  #deliver(frameFor: (member: Member) => FrameData): void {
    for (const member of [...this.members]) member.deliver(frameFor(member));
  }
}
