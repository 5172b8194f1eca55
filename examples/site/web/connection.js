// @ts-check

/**
 * Keeps the connection strip true.
 * @param {import("phoenix").Socket} socket
 * @param {HTMLElement} strip
 */
export function showConnection(socket, strip) {
  /** @param {string} state @param {string} text */
  const show = (state, text) => {
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
