/** Reads what there is, and hands its position over to the browser. */
export async function load() {
  const { position, messages } = await (await fetch(process.env.STATE_URL)).json();
  return { url: process.env.SOCKET_URL, position, messages };
}
