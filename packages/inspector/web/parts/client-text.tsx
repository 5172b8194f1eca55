/** A name or payload that comes from a client: always text, in an isolation of its own, with what is invisible written out. */
import { count } from "../format.ts";
import { piecesOf, visible } from "./visible-text.ts";

export interface ClientTextProps {
  readonly text: string | null;
  /** What stands there for null. */
  readonly none?: string;
  /** Characters that are shown at most. */
  readonly max?: number;
  /** Over several lines, instead of one that is cut where it has no more room. */
  readonly wrap?: boolean;
}

export function ClientText({ text, none = "none", max = 160, wrap = false }: ClientTextProps) {
  if (text === null) return <span className="faint">{none}</span>;
  if (text === "") return <span className="faint">empty</span>;
  const isCut = text.length > max;
  return (
    <bdi
      className={wrap ? "client-text wrap" : "client-text"}
      dir="ltr"
      title={wrap && !isCut ? undefined : visible(text)}
    >
      {piecesOf(text, max).map((piece, at) =>
        piece.escape ? (
          <span key={at} className="escape">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
      {isCut && <span className="escape">… {count(text.length)} characters</span>}
    </bdi>
  );
}
