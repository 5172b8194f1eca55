/** The load client of `recover10000`: clients that come back to one topic. */
import { flushAll, type Connection } from "../load/connection.ts";
import { idle, joinAll, type JoinPlan } from "../load/joining.ts";
import { obey, readArguments } from "../load/process.ts";
import { aware, comingBack, recoveryIn, type Since } from "../load/protocols/aware.ts";
import type { Protocol } from "../load/protocol.ts";

export type Command =
  /** One client joins, and publishes so many messages: those that the others have missed. Gives where the log was before. */
  | { readonly command: "publish"; readonly messages: number }
  | ({ readonly command: "join"; readonly since?: Since; readonly missed?: number } & JoinPlan)
  | { readonly command: "drop" };

const { target } = readArguments();
let connections: Connection[] = [];

obey(async (command: Command): Promise<Since | undefined> => {
  switch (command.command) {
    case "publish":
      return publish(command.messages);
    case "join": {
      const { since, missed = 0 } = command;
      const protocol = since === undefined ? aware : comingBack(since, missed);
      connections.push(...(await joinAll(target, protocol, command)));
      return undefined;
    }
    case "drop":
      for (const connection of connections) connection.drop();
      connections = [];
  }
  return undefined;
});

async function publish(messages: number): Promise<Since> {
  let since: Since = ["", 0];
  const noting: Protocol = {
    ...aware,
    joining(topic, frame) {
      const { epoch, offset } = recoveryIn(frame);
      since = [epoch, offset];
      return aware.joining(topic, frame);
    },
  };
  const [publisher] = await joinAll(target, noting, { connections: 1, topics: 1, pending: 1 });
  let missing = messages;
  await new Promise<void>((resolve) => {
    publisher!.receiver = { text: () => --missing === 0 && resolve() };
    for (let number = 0; number < messages; number += 1) publisher!.send(aware.publish(publisher!.topic, number));
    flushAll();
  });
  publisher!.receiver = idle(aware);
  publisher!.drop();
  return since;
}
