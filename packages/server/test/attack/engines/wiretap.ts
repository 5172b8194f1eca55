/** A stranger on the channel of an engine. */
export interface Wiretap {
  /** On the channel of broadcasts. */
  publish(bytes: Buffer): Promise<unknown>;
  close(): Promise<unknown> | void;
}
