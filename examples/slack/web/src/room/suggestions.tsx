import { AtSign, Hash, Lock } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { User } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { findEmoji } from "../text/emoji.ts";
import { useWorkspace } from "../workspace.ts";
import { COMMANDS } from "./command-list.ts";
import { matching } from "./completion.ts";
import type { Completion } from "./completion.ts";
import { useOpenRoom } from "./room-context.ts";

/** One line of the list that opens at the composer. */
export interface Suggestion {
  /** For `data-testid`. */
  readonly value: string;
  /** What is put into the text. */
  readonly insert: string;
  readonly mark: ReactNode;
  readonly label: string;
  readonly hint?: string | undefined;
}

const LIMIT = 8;
/** Milliseconds without a key, before the server is asked. */
const PAUSE_MS = 150;

const EVERYBODY = [
  { value: "all", hint: "Everybody in this channel" },
  { value: "here", hint: "Everybody here who is online" },
];

/** The candidates for what is being typed, the best first. */
export function useSuggestions(completion: Completion | undefined): readonly Suggestion[] {
  const { kind, query = "" } = completion ?? {};
  const { rooms } = useWorkspace();
  const people = usePeople(kind === "user" ? query : undefined);
  return useMemo(() => {
    if (kind === "user") return people;
    if (kind === "room") {
      const named = rooms.filter((room) => room.kind !== "direct" && !room.archived);
      return matching(named, query, ({ name }) => [name])
        .slice(0, LIMIT)
        .map(({ name, kind: roomKind, topic }) => {
          const Icon = roomKind === "private" ? Lock : Hash;
          return { value: name, insert: `#${name}`, mark: <Icon size={16} />, label: name, hint: topic };
        });
    }
    if (kind === "emoji") {
      return findEmoji(query, LIMIT).map(({ name, char }) => ({
        value: name,
        insert: char,
        mark: <span className="autocomplete-emoji">{char}</span>,
        label: `:${name}:`,
      }));
    }
    if (kind === "command") {
      return matching(COMMANDS, query, ({ name }) => [name])
        .slice(0, LIMIT)
        .map(({ name, args, does }) => ({
          value: name,
          insert: `/${name}`,
          mark: <span className="autocomplete-slash">/</span>,
          label: args === "" ? name : `${name} ${args}`,
          hint: does,
        }));
    }
    return [];
  }, [kind, query, rooms, people]);
}

/** Members at once; others who could be mentioned as soon as the server has found them. */
function usePeople(query: string | undefined): readonly Suggestion[] {
  const { state } = useOpenRoom();
  const { actions, me } = useWorkspace();
  const [found, setFound] = useState<readonly User[]>([]);
  useEffect(() => {
    if (query === undefined || query === "") return undefined;
    let wanted = true;
    const timer = setTimeout(() => {
      actions.findUsers(query).then(
        ({ users }) => wanted && setFound(users),
        () => {},
      );
    }, PAUSE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [query, actions]);
  return useMemo(() => {
    if (query === undefined) return [];
    const namesOf = ({ username, name }: User) => [username, name, ...name.split(" ")];
    const members = matching(state.members, query, ({ user }) => namesOf(user)).map(({ user }) => user);
    const memberIds = new Set(state.members.map(({ user }) => user.id));
    const strangers = matching(found, query, namesOf).filter(({ id }) => !memberIds.has(id));
    const all = [...members, ...strangers].filter(({ id }) => id !== me.user.id);
    const groups = state.room?.kind === "direct" ? [] : matching(EVERYBODY, query, ({ value }) => [value]);
    return [
      ...all.slice(0, LIMIT).map((user) => ({
        value: user.username,
        insert: `@${user.username}`,
        mark: <Avatar user={user} size={22} />,
        label: user.name,
        hint: memberIds.has(user.id) ? user.username : `${user.username} · not in this channel`,
      })),
      ...groups.map(({ value, hint }) => ({
        value,
        insert: `@${value}`,
        mark: <AtSign size={16} />,
        label: value,
        hint,
      })),
    ].slice(0, LIMIT);
  }, [query, found, state.members, state.room, me.user.id]);
}
