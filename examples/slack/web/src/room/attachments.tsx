import type { Attachment } from "@wingbeat/example-slack/contract";
import "./attachments.css";

/** The images of a message; each opens in a window of its own. */
export function Attachments({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className="attachments">
      {attachments.map(({ id, name, url }) => (
        <li key={id}>
          <a href={url} target="_blank" rel="noopener" aria-label={`Open image ${name}`}>
            <img className="attachments-image" src={url} alt={name} loading="lazy" />
          </a>
        </li>
      ))}
    </ul>
  );
}
