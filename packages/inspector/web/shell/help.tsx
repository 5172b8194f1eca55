import { useEffect, useRef } from "react";
import { STOPS } from "../views/places.tsx";

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["/", "Search"],
  [".", "Pause, continue"],
  ["Esc", "Empty a search, close a dialog"],
  ...STOPS.map(({ key, name }) => [`g ${key}`, name] as const),
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
