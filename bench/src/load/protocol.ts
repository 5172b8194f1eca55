/** How a load client reacts to a frame before its join is confirmed; `more`: it waits for another. */
export type JoinStep = "joined" | "more" | { send: string };

/** The protocol of one kind of server. Texts of one kind have the same length for almost all message numbers. */
export interface Protocol {
  /** The request target of the WebSocket. */
  readonly path: string;
  /** What to send when the WebSocket is open; null waits for the server's first frame. */
  opening(topic: string): string | null;
  /** Takes a frame on the way to a confirmed join. Throws when it refuses the join. */
  joining(topic: string, frame: string): JoinStep;
  /** Asks the server to send message `number` to everyone on the topic. */
  publish(topic: string, number: number): string;
  /** Asks the server to reply with message `number`. */
  request(topic: string, number: number): string;
  /** Answers a frame that the server sends on its own account. Throws when there is no such frame. */
  control(frame: string): string;
  /** Decodes a frame into the form of `delivery` and `reply`. */
  decode(frame: string): unknown;
  /** What a subscriber of the topic must receive for `publish`, decoded. */
  delivery(topic: string, number: number): unknown;
  /** What must come back for `request`, decoded. */
  reply(topic: string, number: number): unknown;
}

/** A ref for message `number`: always 10 digits, so that frames keep their length. */
export function refOf(number: number): number {
  return 1_000_000_000 + number;
}
