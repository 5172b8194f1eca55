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
    /** Pieces are missing: the stored text is on its way, with all that comes before it. */
    let isLoading = false;
    let isBack = false;

    const show = (now: string) => setText((text = now));
    const end = (message: Partial<Message> & Pick<Message, "status">) => {
      channel.leave();
      onEnded({ id, role: "assistant", text, ...message });
    };
    const load = () => {
      isLoading = true;
      channel.push("stored", {}).receive("ok", ({ message }) => {
        isLoading = false;
        show(message.text);
        onReloaded();
        if (message.status !== "writing") end(message);
      });
    };

    show("");
    channel.on("delta", (delta) => isLoading || show(text + delta.text));
    channel.on("done", ({ stopped }) => isLoading || end({ status: stopped ? "stopped" : "done" }));
    channel.on("failed", ({ error }) => isLoading || end({ status: "failed", error }));
    channel.onRecover(({ recovered, count }) => {
      if (!recovered || isLoading) load();
      else if (isBack && count > 0) onCaughtUp(count);
      isBack = true;
    });
    channel.join({ since: "earliest" });
    return () => {
      channel.leave();
      setText(undefined);
    };
  }, [socket, id]);
  return text;
}
