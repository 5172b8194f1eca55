import type { SessionInfo } from "@wingbeat/example-slack/contract";
import { MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Dialog, DialogActions, DialogBody } from "../parts/dialog.tsx";
import { SkeletonList } from "../parts/skeleton.tsx";
import { sentenceOf } from "../refusal.ts";
import { useWorkspace } from "../workspace/context.ts";
import { agoOf } from "./ago.ts";
import "./sessions-dialog.css";
import { useAnswer } from "./use-answer.ts";

/** Where the user is logged in, and how to end that. */
export function SessionsDialog({ onClose }: { readonly onClose: () => void }) {
  const { actions, attempt, logOutEverywhere } = useWorkspace();
  const [round, setRound] = useState(0);
  const { value, error } = useAnswer(() => actions.sessions(), String(round));
  const sessions = value?.sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  const end = async (id: string) => {
    await attempt(() => api.endSession(id));
    setRound(round + 1);
  };
  return (
    <Dialog
      title="Devices"
      description="Where you are logged in. End what you do not know, or use no more."
      onClose={onClose}
      testId="sessions-dialog"
    >
      <DialogBody>
        {value === undefined && error === undefined && <SkeletonList count={3} label="Loading devices" />}
        {error !== undefined && <p role="alert">{sentenceOf(error)}</p>}
        <ul className="sessions">
          {sessions?.map((session) => (
            <SessionLine key={session.id} session={session} onEnd={() => end(session.id)} />
          ))}
        </ul>
      </DialogBody>
      <DialogActions>
        <Button look="danger" onClick={() => void attempt(logOutEverywhere)}>
          Log out everywhere
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface SessionLineProps {
  readonly session: SessionInfo;
  readonly onEnd: () => Promise<void>;
}

function SessionLine({ session, onEnd }: SessionLineProps) {
  const [busy, setBusy] = useState(false);
  const { id, device, current, createdAt, lastSeenAt } = session;
  const end = async () => {
    setBusy(true);
    await onEnd();
    setBusy(false);
  };
  return (
    <li className="session" data-testid={`session-${id}`}>
      <span className="session-icon">
        <MonitorSmartphone size={18} aria-hidden="true" />
      </span>
      <div className="session-facts">
        <p className="session-device truncate">{device}</p>
        <p className="session-times">
          {current ? <strong>This device</strong> : `Last seen ${agoOf(lastSeenAt)}`} · logged in {agoOf(createdAt)}
        </p>
      </div>
      {!current && (
        <Button size="small" busy={busy} aria-label={`Log out ${device}`} onClick={() => void end()}>
          Log out
        </Button>
      )}
    </li>
  );
}
