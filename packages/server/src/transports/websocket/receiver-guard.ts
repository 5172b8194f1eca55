/**
 * Keeps `ws` from reading on after an invalid frame.
 *
 * `ws` reads frames in a Writable stream, its receiver. While a compressed message is inflated, the chunks behind it wait in
 * that stream. If the first of them holds an invalid frame, the receiver has given up; but the stream hands it those
 * that waited as well, one after the other, before the error is emitted. They are read from the middle of a frame: `ws`
 * 8.22.0 to 8.23.0 throw there, where nobody can catch it, and that ends the process. Other versions deliver what they
 * take for messages.
 */
/* oxlint-disable no-underscore-dangle -- Node's name for the method of a Writable, and the name that ws has */
import type { Writable } from "node:stream";

type Write = (
  this: Writable,
  chunk: Buffer,
  encoding: BufferEncoding,
  callback: (error?: Error | null) => void,
) => void;

/** Guards a WebSocket that has just been made. False when its receiver is not found: a version of `ws` that is unknown. */
export function guardReceiver(websocket: object): boolean {
  const { _receiver: receiver } = websocket as { _receiver?: Writable & { _write?: Write } };
  if (receiver === undefined || typeof receiver._write !== "function") return false;
  const write: Write = receiver._write;
  receiver._write = function (chunk, encoding, callback) {
    if (this.errored !== null) {
      callback();
      return;
    }
    try {
      write.call(this, chunk, encoding, callback);
    } catch (error) {
      callback(error as Error);
    }
  };
  return true;
}
