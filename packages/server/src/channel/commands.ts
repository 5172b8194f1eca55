/** Delivery of commands to the channels of a topic. */
import type { Dispatch } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import { Command } from "./command.ts";
import { ChannelProcess } from "./process.ts";

/** The dispatcher of commands. Plain subscriptions, and channels that have subscribed to the topic, get none. */
export const commands: Dispatch = (subscriptions, _from, message) => {
  const command = message instanceof Command ? message : revived(message);
  let channels = 0;
  let ignoring: ChannelProcess | undefined;
  for (const subscription of subscriptions) {
    if (!(subscription instanceof ChannelProcess) || subscription.topic !== command.topic) continue;
    if (subscription.receiveCommand(command)) continue;
    channels++;
    ignoring = subscription;
  }
  if (ignoring === undefined) return;
  const { endpoint, pattern } = ignoring.source();
  emit("channel.unknown_command", { endpoint, topic: command.topic, pattern, command: command.command, channels });
};

/** Commands of other nodes arrive as plain data. Throws for anything else. */
function revived(message: unknown): Command {
  if (typeof message !== "object" || message === null) throw new TypeError("another node's command is not an object");
  const { topic, command, payload } = message as Partial<Command>;
  if (typeof topic === "string" && typeof command === "string") return new Command(topic, command, payload);
  throw new TypeError("another node's command has no topic or no name that is a string");
}
