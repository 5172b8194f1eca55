import { SocketProvider as Untyped } from "@wingbeat/react";
import { connection } from "next/server";
import { SocketProvider } from "./realtime";
import { Room } from "./room";

/**
 * A server component: it renders what there is, and hands its position over to the browser. It has the provider of the
 * application's own hooks, and that of the package, both of which are components of the browser.
 */
export default async function Page() {
  await connection();
  const { position, messages } = await (await fetch(process.env.STATE_URL)).json();
  return (
    <Untyped url={process.env.SOCKET_URL}>
      <SocketProvider url={process.env.SOCKET_URL}>
        <Room since={position} first={messages} />
      </SocketProvider>
    </Untyped>
  );
}
