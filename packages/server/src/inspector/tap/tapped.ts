/** Listens to what is sent on a connection: that one alone pays for it, and only while it is tapped. */
import type { SocketProcess } from "../../socket/process.ts";
import type { Frame } from "../../transports/connection.ts";

export type Sent = (process: SocketProcess, frame: Frame) => void;

/**
 * Calls `sent` for each frame. Returns the function that ends it. A connection of an application's own transport may not
 * let itself be listened to: then nothing is heard.
 */
export function listen(process: SocketProcess, sent: Sent): () => void {
  const { connection } = process;
  const own = Object.getOwnPropertyDescriptor(connection, "send");
  const send = connection.send.bind(connection);
  const listening = (frame: Frame): void => {
    try {
      sent(process, frame);
    } finally {
      send(frame);
    }
  };
  try {
    Object.defineProperty(connection, "send", {
      value: listening,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  } catch {
    return () => {};
  }
  return () => {
    if (connection.send !== listening) return;
    if (own === undefined) Reflect.deleteProperty(connection, "send");
    else Object.defineProperty(connection, "send", own);
  };
}
