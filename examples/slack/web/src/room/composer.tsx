import type { Room } from "@wingbeat/example-slack/contract";
import { Lock } from "lucide-react";
import { Button } from "../parts/button.tsx";
import { useWorkspace } from "../workspace.ts";
import { ComposerForm } from "./composer-form.tsx";
import type { ComposerProps } from "./composer-form.tsx";
import "./composer.css";
import { useOpenRoom } from "./room-context.ts";

/** Where messages are written, or why none can be. */
export function Composer(props: ComposerProps) {
  const { state } = useOpenRoom();
  const { room } = props;
  if (state.me?.role === null && room.kind !== "direct" && !room.archived) return <JoinBar room={room} />;
  if (state.me?.post !== true) {
    return (
      <div className="composer-disabled" data-testid="composer-disabled">
        <Lock size={15} aria-hidden="true" />
        {state.me?.postRefused ?? "You cannot write here."}
      </div>
    );
  }
  return <ComposerForm {...props} />;
}

function JoinBar({ room }: { readonly room: Room }) {
  const { actions, attempt } = useWorkspace();
  return (
    <div className="composer-disabled composer-join" data-testid="composer-disabled">
      <span>
        You are looking at <strong>#{room.name}</strong>.
      </span>
      <Button look="primary" data-testid="join-room" onClick={() => void attempt(() => actions.joinRoom(room.id))}>
        Join channel
      </Button>
    </div>
  );
}
