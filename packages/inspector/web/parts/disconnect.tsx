/** Closes a connection, or all of an id, when somebody has confirmed it. */
import { useState } from "react";
import type { ConnectionKey, InspectorAction } from "../contract.ts";
import { useSession } from "../live/session.ts";
import { ClientText } from "./client-text.tsx";
import { Confirm } from "./confirm.tsx";
import { useNotice } from "./notices.tsx";

export type Target = { readonly connection: ConnectionKey; readonly id: string | null } | { readonly id: string };

const actionOf = (target: Target): InspectorAction =>
  "connection" in target
    ? { action: "disconnect", connection: target.connection }
    : { action: "disconnect_id", id: target.id };

export function Disconnect({ target, onClose }: { readonly target: Target; readonly onClose: () => void }) {
  const { push } = useSession();
  const tell = useNotice();
  const [busy, setBusy] = useState(false);
  const isOne = "connection" in target;
  const name = <ClientText text={target.id} none={isOne ? `connection #${target.connection.key}` : ""} max={80} />;

  const act = async (): Promise<void> => {
    setBusy(true);
    try {
      const { found } = await push("act", actionOf(target));
      tell(
        found ? (
          <>Disconnected {name}. A client of Wingbeat or Phoenix connects again by itself.</>
        ) : (
          <>{name} was gone already.</>
        ),
      );
    } catch (error) {
      tell(<>Nothing was disconnected. {whyNot(error)}</>);
    }
    onClose();
  };
  return (
    <Confirm
      title={isOne ? "Disconnect this connection?" : "Disconnect all connections of this id?"}
      action="Disconnect"
      busy={busy}
      onConfirm={() => void act()}
      onClose={onClose}
    >
      <p>{name}</p>
      <p>
        {isOne ? "The connection is" : "All its connections are"} closed at once. The client may connect again; to keep
        it out, refuse it in your connect. This is written to the audit.
      </p>
    </Confirm>
  );
}

function whyNot(error: unknown): string {
  const { response, reason } = error as { readonly response?: { readonly reason?: string }; readonly reason?: string };
  if (response?.reason === "not allowed") return "You may not: the server’s authorize did not give you “disconnect”.";
  return reason === "timeout"
    ? "The server has not answered in time: look whether it is still there."
    : "The connection of this page was lost: try again.";
}
