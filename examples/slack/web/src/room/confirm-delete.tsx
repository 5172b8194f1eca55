import type { OwnMessage } from "@wingbeat/example-slack/contract";
import { Button } from "../parts/button.tsx";
import { Dialog, DialogActions, DialogBody } from "../parts/dialog.tsx";
import "./confirm-delete.css";

export interface ConfirmDeleteProps {
  readonly message: OwnMessage;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

export function ConfirmDelete({ message, onClose, onDelete }: ConfirmDeleteProps) {
  return (
    <Dialog
      title="Delete this message?"
      description="It goes for everybody, and does not come back."
      size="small"
      onClose={onClose}
    >
      <DialogBody>
        <blockquote className="confirm-delete">
          <strong>{message.user.name}</strong>
          <p>{message.body === "" ? "An image" : message.body}</p>
        </blockquote>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" data-testid="confirm-delete" autoFocus onClick={onDelete}>
          Delete
        </Button>
      </DialogActions>
    </Dialog>
  );
}
