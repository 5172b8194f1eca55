import { carryOut, perform } from "../announce.ts";
import type { Room } from "../contract.ts";
import { refused } from "../refused.ts";
import {
  changeRoom,
  createRoom,
  joinRoom,
  leaveRoom,
  openDirect,
  roomFor,
  roomNamed,
  summaryIfMember,
} from "../rooms.ts";
import type { Setting } from "../rooms.ts";
import { Line, RoomName } from "../shapes.ts";
import { person } from "./command.ts";
import type { Command, CommandContext } from "./command.ts";

const join: Command = {
  usage: "#channel",
  does: "joins a public channel",
  async run(context, args) {
    const { db, endpoint, userId } = context;
    const { id } = await named(context, args);
    await perform(db, endpoint, id, () => joinRoom(db, userId, id));
    return { open: id };
  },
};

const leave: Command = {
  usage: "",
  does: "leaves this channel",
  async run({ db, endpoint, userId, roomId }) {
    await perform(db, endpoint, roomId, () => leaveRoom(db, userId, roomId));
    return {};
  },
};

const create: Command = {
  usage: "name",
  does: "creates a public channel; /create private name a private one",
  async run({ db, endpoint, userId }, args) {
    const [, hidden, rest = ""] = /^(private\s+)?(.*)$/s.exec(args) ?? [];
    const name = nameIn(rest);
    const kind = hidden === undefined ? "public" : "private";
    return { open: await carryOut(endpoint, () => createRoom(db, userId, { name, kind })) };
  },
};

const open: Command = {
  usage: "#channel or @person",
  does: "goes to a channel or a conversation",
  async run(context, args) {
    const { db, endpoint, userId } = context;
    if (args.startsWith("@")) {
      const { id } = await person(context, args);
      return { open: await carryOut(endpoint, () => openDirect(db, userId, id)) };
    }
    const room = await named(context, args);
    if ((await summaryIfMember(db, userId, room.id)) === undefined) {
      throw refused("forbidden", `You are not in #${room.name}. /join #${room.name} first.`);
    }
    return { open: room.id };
  },
};

const archive: Command = {
  usage: "",
  does: "archives this channel",
  run: (context) => set(context, { field: "archived", value: true }),
};

const unarchive: Command = {
  usage: "#channel",
  does: "takes a channel out of the archive",
  async run(context, args) {
    const roomId = args === "" ? context.roomId : (await named(context, args)).id;
    return set({ ...context, roomId }, { field: "archived", value: false });
  },
};

const topic: Command = {
  usage: "text",
  does: "sets the topic; without a text it shows it",
  async run(context, args) {
    const { db, userId, roomId } = context;
    if (args === "") return { text: (await roomFor(db, userId, roomId)).topic || "This channel has no topic." };
    const { success, data } = Line(250).safeParse(args);
    if (!success) throw refused("invalid", "A topic is one line of at most 250 characters.");
    return set(context, { field: "topic", value: data });
  },
};

const rename: Command = {
  usage: "name",
  does: "gives this channel another name",
  run: async (context, args) => set(context, { field: "name", value: nameIn(args) }),
};

export const roomCommands = {
  join,
  leave,
  part: { ...leave, does: "the same" },
  create,
  open,
  archive,
  unarchive,
  topic,
  rename,
};

async function set({ db, endpoint, userId, roomId }: CommandContext, setting: Setting): Promise<Record<never, never>> {
  await perform(db, endpoint, roomId, () => changeRoom(db, userId, roomId, setting));
  return {};
}

function named({ db, userId }: CommandContext, args: string): Promise<Room> {
  const name = args.split(/\s+/, 1)[0] ?? "";
  if (name === "") throw refused("invalid", "Say which channel, as in #general.");
  return roomNamed(db, userId, name);
}

function nameIn(args: string): string {
  const { success, data, error } = RoomName.safeParse(args.replace(/^#/, ""));
  if (!success) throw refused("invalid", `That is no name for a channel. ${error.issues[0]?.message ?? ""}`.trim());
  return data;
}
