import type { Socket } from "@wingbeat/client";

/** Keeps the connection strip true. */
export function showConnection(socket: Pick<Socket, "onOpen" | "onClose" | "onError">, strip: HTMLElement): void {
  const show = (state: "open" | "waiting", text: string) => {
    if (strip.textContent === text) return; // a screen reader would say it again
    strip.dataset.state = state;
    strip.textContent = text;
  };
  let wasOpen = false;
  const waiting = () => show("waiting", wasOpen ? "Reconnecting…" : "Connecting…");
  waiting();
  socket.onOpen(() => {
    wasOpen = true;
    show("open", "Connected");
  });
  socket.onClose(waiting);
  socket.onError(waiting);
}
