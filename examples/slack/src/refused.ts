import type { Refusal, RefusalReason } from "./contract.ts";

/** What a service throws when somebody may not, or cannot, do what they ask for. `message` is a sentence for them. */
export class Refused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = "Refused";
    this.reason = reason;
  }

  /** As it goes over the wire. */
  toRefusal(): Refusal {
    return { reason: this.reason, message: this.message };
  }
}
