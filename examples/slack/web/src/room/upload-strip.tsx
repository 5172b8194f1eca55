import { X } from "lucide-react";
import type { Upload } from "./use-uploads.ts";
import "./upload-strip.css";

/** The images that go with the next message. */
export function UploadStrip({
  uploads,
  onDrop,
}: {
  readonly uploads: readonly Upload[];
  readonly onDrop: (key: string) => void;
}) {
  if (uploads.length === 0) return null;
  return (
    <ul className="upload-strip" data-testid="uploads">
      {uploads.map(({ key, name, preview, progress, attachment }) => (
        <li key={key} className="upload-strip-item" data-ready={attachment !== null}>
          <img src={preview} alt={name} />
          {attachment === null && <progress max={1} value={progress} aria-label={`Sending ${name}`} />}
          <button type="button" aria-label={`Take ${name} away`} onClick={() => onDrop(key)}>
            <X size={13} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
