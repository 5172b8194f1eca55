import type { ReactNode } from "react";
import { classNames } from "../parts/class-names.ts";
import "./message-length.css";

/** Characters that the server takes. */
const MAX = 4000;
/** So many characters before the end it is told. */
const NEAR = 200;

/** Without the spaces around it, which the server takes away. */
export const isTooLong = (text: string): boolean => text.trim().length > MAX;

export interface MessageLengthProps {
  readonly id: string;
  readonly text: string;
  /** What stands there otherwise. */
  readonly children: ReactNode;
}

/** Tells how much more can be written, when that is not much. */
export function MessageLength({ id, text, children }: MessageLengthProps) {
  const left = MAX - text.trim().length;
  if (left > NEAR) return children;
  return (
    <span id={id} className={classNames("message-length", left < 0 && "message-length-over")} data-testid="length">
      {left < 0 ? `${count(-left)} too many: shorten it, or send it in parts` : `${count(left)} left`}
    </span>
  );
}

const count = (characters: number): string =>
  `${characters.toLocaleString("en")} ${characters === 1 ? "character" : "characters"}`;
