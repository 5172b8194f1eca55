import { EyeOff, X } from "lucide-react";
import { IconButton } from "../parts/icon-button.tsx";
import "./notice-line.css";

/** What the server tells this user alone: answers of commands, and why something had no effect. */
export function NoticeLine({ text, onClose }: { readonly text: string | null; readonly onClose: () => void }) {
  if (text === null) return null;
  return (
    <div className="notice-line" role="status" data-testid="notice">
      <EyeOff size={15} aria-hidden="true" />
      <div className="notice-line-text">
        <span className="notice-line-mark">Only you can see this</span>
        <p>{text}</p>
      </div>
      <IconButton icon={X} size="small" label="Close this notice" onClick={onClose} />
    </div>
  );
}
