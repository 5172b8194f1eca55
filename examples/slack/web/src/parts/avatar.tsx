import type { User } from "@wingbeat/example-slack/contract";
import type { CSSProperties } from "react";
import "./avatar.css";
import { initialsOf } from "./initials.ts";

export interface AvatarProps {
  readonly user: Pick<User, "name" | "hue">;
  /** Pixels. Default 36. */
  readonly size?: number | undefined;
}

/** A tile in the user's colour with their initials. Decoration: the name always stands beside it. */
export function Avatar({ user, size = 36 }: AvatarProps) {
  const style = { "--avatar-hue": user.hue, "--avatar-size": `${size}px` } as CSSProperties;
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {initialsOf(user.name)}
    </span>
  );
}
