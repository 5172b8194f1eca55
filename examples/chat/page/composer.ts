import { PushError } from "@wingbeat/client";
import type { Refusal } from "@wingbeat/client";
import type { RoomChannel } from "./channel.ts";
import { byId, element } from "./dom.ts";

const form = byId("composer");
const field = byId<HTMLInputElement>("body");
const error = byId("error");

/** Sends what is written, and shows what could not be sent yet. */
export function startComposer(channel: RoomChannel, left: AbortSignal): void {
  const send = async (event: Event) => {
    event.preventDefault();
    const body = field.value;
    field.value = error.textContent = "";
    try {
      // Waits for a connection, and is sent again when that is lost before the reply. The server handles it once.
      await channel.push("new_msg", { body }, { retry: true });
    } catch (failure) {
      error.textContent = sentence(failure);
      field.value ||= body;
    }
  };
  form.addEventListener("submit", send, { signal: left });

  const showWaiting = () => {
    const bodies = channel.pendingPushes.map(({ payload }) => (payload as { body: string }).body);
    byId("waiting").replaceChildren(...bodies.map((body) => element("p", "", `Sending: ${body}`)));
  };
  channel.onPendingPushes(showWaiting);
  showWaiting();
}

/** Why a push has failed, for people. */
function sentence(failure: unknown): string {
  if (!(failure instanceof PushError)) throw failure;
  if (failure.reason === "too_old") return "There was no connection for ten minutes. It was not sent.";
  if (failure.reason !== "refused") return "Nobody knows whether it was sent. Look above before you send it again.";
  const { reason, issues } = failure.response as Refusal;
  return issues?.map(({ message }) => message).join(" ") ?? reason;
}
