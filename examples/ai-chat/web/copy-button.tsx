import { useState } from "react";

/** Browsers give pages the clipboard over https and on localhost only; elsewhere the button says that it could not. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState("");
  const say = (word: string) => {
    setSaid(word);
    setTimeout(() => setSaid(""), 2_000);
  };
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => {
        const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
        copied.then(
          () => say("Copied"),
          () => say("Not allowed here"),
        );
      }}
    >
      {said || label}
    </button>
  );
}
