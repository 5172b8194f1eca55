import type { CSSProperties } from "react";
import { Avatar } from "../parts/avatar.tsx";
import "./scene.css";

const LINES = [
  { name: "Alice", hue: 262, text: "Release is out. Thank you, all of you." },
  { name: "Bob", hue: 32, text: "Graphs are flat. My favourite kind." },
  { name: "Carol", hue: 168, text: "Cake in the kitchen, then?" },
];

/** A picture of a conversation. Decoration. */
export function Scene() {
  return (
    <div className="scene" aria-hidden="true">
      {LINES.map(({ name, hue, text }, index) => (
        <div className="scene-line" key={name} style={{ "--scene-index": index } as CSSProperties}>
          <Avatar user={{ name, hue }} size={36} />
          <div className="scene-bubble">
            <span className="scene-name">{name}</span>
            {text}
          </div>
        </div>
      ))}
      <div className="scene-typing" style={{ "--scene-index": LINES.length } as CSSProperties}>
        <span />
        <span />
        <span />
        Dave is typing
      </div>
    </div>
  );
}
