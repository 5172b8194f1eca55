import { randomUUID } from "node:crypto";
import { carryOut, perform } from "../announce.ts";
import { sendMessage } from "../messages.ts";
import { refused } from "../refused.ts";
import { openDirect } from "../rooms.ts";
import { MAX_BODY, TOO_LONG } from "../shapes.ts";
import { person } from "./command.ts";
import type { Command, CommandContext, CommandResult } from "./command.ts";

const me: Command = {
  usage: "does something",
  does: "says what you do",
  run: (context, args) => say(context, args === "" ? "" : `_${args}_`),
};

const msg: Command = {
  usage: "@person text",
  does: "writes to somebody directly",
  async run(context, args) {
    const { db, endpoint, userId } = context;
    const user = await person(context, args);
    const body = args.replace(/^\S+\s*/, "");
    const roomId = await carryOut(endpoint, () => openDirect(db, userId, user.id));
    if (body !== "") await say({ ...context, roomId }, body);
    return { open: roomId };
  },
};

/** A face after whatever is said. */
const face = (text: string): Command => ({
  usage: "text",
  does: `says ${text}`,
  run: (context, args) => say(context, `${args} ${text}`.trim()),
});

export const textCommands = {
  me,
  msg,
  shrug: face("¯\\_(ツ)_/¯"),
  tableflip: face("(╯°□°)╯︵ ┻━┻"),
  unflip: face("┬─┬ ノ( ゜-゜ノ)"),
  lennyface: face("( ͡° ͜ʖ ͡°)"),
};

async function say({ db, endpoint, userId, roomId, onlineIds }: CommandContext, body: string): Promise<CommandResult> {
  if (body.length > MAX_BODY) throw refused("invalid", TOO_LONG);
  const draft = { clientId: randomUUID(), body };
  const { notice } = await perform(db, endpoint, roomId, () => sendMessage(db, { roomId, userId, onlineIds }, draft));
  return notice === null ? {} : { text: notice };
}
