import { useEffect, useEffectEvent, useState } from "react";
import type { Message } from "../src/topics.ts";
import { useSocket } from "./realtime.ts";

export interface RunListener {
  /** The answer is complete, as it is now. */
  ended(message: Message): void;
  /** The connection was lost, and `count` pieces that came meanwhile are here now. */
  caughtUp(count: number): void;
  /** The log is gone: what follows is what the server has stored. */
  reloaded(): void;
}

/**
 * The text of an answer that is being written, from the beginning, wherever it is now. Undefined without an id.
 *
 * The text begins where the channel does, in the same effect: so a piece is never applied twice, or to the text of another run.
 */
export function useRun(id: string | undefined, listener: RunListener): string | undefined {
  const socket = useSocket();
  const [text, setText] = useState<string>();
  const { ended, caughtUp, reloaded } = listener;
  const onEnded = useEffectEvent(ended);
  const onCaughtUp = useEffectEvent(caughtUp);
  const onReloaded = useEffectEvent(reloaded);

  useEffect(() => {
    if (id === undefined) return undefined;
    const channel = socket.channel(`run:${id}`);
    let text = "";
    /** Pieces are missing: nothing is shown until the stored text is here, with all that came before it. */
    let isMissing = false;
    let isBack = false;

    const show = (now: string) => setText((text = now));
    const end = (message: Partial<Message> & Pick<Message, "status">) => {
      channel.leave();
      onEnded({ id, role: "assistant", text, ...message });
    };
    const load = (): unknown =>
      channel
        .push("stored", {})
        .receive("ok", ({ message }) => {
          isMissing = false;
          show(message.text);
          onReloaded();
          if (message.status !== "writing") end(message);
        })
        .receive("timeout", load);

    show("");
    channel.on("delta", (delta) => isMissing || show(text + delta.text));
    channel.on("done", ({ stopped }) => isMissing || end({ status: stopped ? "stopped" : "done" }));
    channel.on("failed", ({ error }) => isMissing || end({ status: "failed", error }));
    channel.onRecover(({ recovered, count }) => {
      isMissing ||= !recovered;
      if (isMissing) load();
      else if (isBack && count > 0) onCaughtUp(count);
      isBack = true;
    });
    // Known with each join; onRecover may be told to wait, so that not everybody loads at the same moment.
    channel.join({ since: "earliest" }).receive("ok", () => (isMissing ||= channel.recovered === false));
    return () => {
      channel.leave();
      setText(undefined);
    };
  }, [socket, id]);
  return text;
}
