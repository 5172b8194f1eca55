/**
 * Keeps `ws` from reading on after an invalid frame.
 *
 * `ws` reads frames in a Writable stream, its receiver. While it inflates a compressed message, later chunks wait in
 * that stream. If the first of them contains an invalid frame, the receiver stops; but the stream still passes it the
 * other waiting chunks, one by one, before the error is emitted. They are parsed from the middle of a frame: `ws`
 * 8.22.0 to 8.23.0 throw there, where nothing can catch it, and the process ends. Other versions deliver whatever they
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

/** Guards a newly created WebSocket. False when its receiver is not found: the version of `ws` is unknown. */
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
