import { perform } from "../announce.ts";
import type { User } from "../contract.ts";
import type { Outcome } from "../happening.ts";
import { inviteMember, kickMember, muteMember } from "../rooms.ts";
import { person } from "./command.ts";
import type { Command, CommandContext } from "./command.ts";

/** A command about one person in the room where it is typed. */
function about(does: string, work: (context: CommandContext, user: User) => Promise<Outcome<void>>): Command {
  return {
    usage: "@person",
    does,
    async run(context, args) {
      const user = await person(context, args);
      await perform(context.db, context.endpoint, context.roomId, () => work(context, user));
      return {};
    },
  };
}

export const memberCommands = {
  invite: about("invites somebody to this channel", ({ db, userId, roomId }, user) =>
    inviteMember(db, userId, roomId, user.id),
  ),
  kick: about("removes somebody from this channel", ({ db, userId, roomId }, user) =>
    kickMember(db, userId, roomId, user.id),
  ),
  mute: about("lets somebody write here no more", ({ db, userId, roomId }, user) =>
    muteMember(db, userId, roomId, user.id, true),
  ),
  unmute: about("lets somebody write here again", ({ db, userId, roomId }, user) =>
    muteMember(db, userId, roomId, user.id, false),
  ),
};
