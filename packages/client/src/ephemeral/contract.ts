/** Types only: the ephemeral values that a server's channel declares. */
import type { ChannelContract } from "@wingbeat/protocol";
import type { Received } from "../contract.ts";

/** What the server sends of a value. */
interface Pushed {
  readonly key: string | number;
  readonly value: unknown;
}

/** The names of a channel's ephemeral values. */
export type EphemeralEvents<Contract extends ChannelContract> = {
  [Event in keyof Contract["pushes"] & keyof Contract["events"] & string]: Contract["pushes"][Event] extends Pushed
    ? Event
    : string extends Event // of a server of which nothing is known
      ? Event
      : never;
}[keyof Contract["pushes"] & keyof Contract["events"] & string];

/** Who has a value: what the server's `key` returns. */
export type KeyOf<Contract extends ChannelContract, Event extends string> = Contract["pushes"][Event] extends {
  readonly key: infer Key;
}
  ? Key
  : string | number;

/** A value of another client. */
export type ValueOf<Contract extends ChannelContract, Event extends string> = Contract["pushes"][Event] extends {
  readonly value: infer Value;
}
  ? NonNullish<Received<Value>>
  : unknown;

/** A value of one's own. */
export type ValueIn<Contract extends ChannelContract, Event extends string> = Contract["events"][Event] extends {
  readonly in: { readonly value?: infer Value };
}
  ? NonNullish<Value>
  : unknown;

/** `NonNullable` makes `{}` of unknown. */
type NonNullish<Value> = unknown extends Value ? unknown : Exclude<Value, null | undefined>;
