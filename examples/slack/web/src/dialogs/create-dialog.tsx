import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "../parts/button.tsx";
import { Dialog, DialogActions, DialogBody } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Switch } from "../parts/switch.tsx";
import { sentenceOf } from "../refusal.ts";
import { useWorkspace } from "../workspace/context.ts";
import { roomNameFrom } from "./room-name.ts";
import "./forms.css";

export interface CreateDialogProps {
  readonly name?: string | undefined;
  readonly onClose: () => void;
}

export function CreateDialog({ name: proposed = "", onClose }: CreateDialogProps) {
  const { me, actions, openRoom } = useWorkspace();
  const mayPublic = me.permissions.includes("create-public");
  const mayPrivate = me.permissions.includes("create-private");
  const [name, setName] = useState(roomNameFrom(proposed));
  const [topic, setTopic] = useState("");
  const [wantsPrivate, setWantsPrivate] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  // Permissions change while the dialog is open: what may not be chosen any more is not.
  const isPrivate = mayPrivate && (wantsPrivate || !mayPublic);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const kind = isPrivate ? "private" : "public";
      const room = await actions.createRoom({ name: name.replace(/-+$/, ""), kind, topic: topic.trim() });
      onClose();
      openRoom(room.id);
    } catch (caught) {
      setError(sentenceOf(caught));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Create a channel"
      description="For a team, a project, or anything that is worth talking about."
      onClose={onClose}
      testId="create-dialog"
    >
      <form className="form" onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <div className="form-fields">
            <Field
              label="Name"
              prefix="#"
              placeholder="plan-budget"
              autoComplete="off"
              autoCapitalize="none"
              maxLength={40}
              required
              value={name}
              onChange={(event) => setName(roomNameFrom(event.target.value))}
              error={error}
              testId="create-name"
            />
            <Field
              label="Topic (optional)"
              placeholder="What it is about"
              autoComplete="off"
              maxLength={250}
              value={topic}
              onChange={(event) => setTopic(event.target.value)}
              testId="create-topic"
            />
            {mayPrivate && (
              <Switch
                label="Private"
                hint="Only those who are invited can find it and read it."
                checked={isPrivate}
                disabled={!mayPublic}
                onChange={setWantsPrivate}
                testId="create-private"
              />
            )}
          </div>
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} disabled={name === ""} data-testid="create-submit">
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
