/** Writes bytes to a TCP connection, and ends it in one way or another. */
import { connect } from "node:net";

/** How a connection is ended behind what was written; `wait`: by the server. */
export type Ending = "reset" | "reset later" | "end" | "wait";

/** Milliseconds after which a connection that is neither answered nor closed counts as hanging. */
const PATIENCE = 30_000;

/** Gives all that was answered (latin1) until the connection was closed. Rejects when it is not. */
export function send(port: number, bytes: string, ending: Ending): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const hanging = setTimeout(() => {
      reject(new Error(`neither answered nor closed: ${JSON.stringify(bytes.slice(0, 200))}`));
      socket.destroy();
    }, PATIENCE);
    let answer = "";
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(hanging);
      resolve(answer);
    });
    socket.write(bytes, "latin1", () => {
      if (ending === "end") socket.end();
      else if (ending === "reset") socket.resetAndDestroy();
      else if (ending === "reset later") setTimeout(() => socket.resetAndDestroy(), 3);
    });
  });
}
