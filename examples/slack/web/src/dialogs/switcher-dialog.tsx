import type { RoomSummary } from "@wingbeat/example-slack/contract";
import { Hash, Lock, Search, UserRound } from "lucide-react";
import { useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { StatusDot } from "../presence/status-dot.tsx";
import { useWorkspace } from "../workspace/context.ts";
import { inOrder, isBold, sectionsOf } from "../workspace/rooms.ts";
import { bestMatches } from "./matches.ts";
import { Picker } from "./picker.tsx";
import type { PickerOption } from "./picker.tsx";
import { useAnswer } from "./use-answer.ts";

/** Milliseconds without a key before the server is asked. */
const PAUSE = 150;
const MAX_ROOMS = 8;

/** Goes anywhere by name: to own rooms at once, to others and to people as the server finds them. */
export function SwitcherDialog({ onClose }: { readonly onClose: () => void }) {
  const { rooms, openRoom, openPanel, currentRoomId, actions, attempt } = useWorkspace();
  const [query, setQuery] = useState("");
  const found = useAnswer(() => elsewhere(query, actions), query, PAUSE).value;
  const go = (roomId: number) => {
    onClose();
    openRoom(roomId);
  };
  const words = query.trim();

  const own = inOrder(sectionsOf(rooms, currentRoomId));
  const fitting = bestMatches(own, query, ({ name, peer }) => (peer === null ? [name] : [name, peer.username]));
  // Without a word: what is unread first, as that is where one wants to go.
  const shown = words === "" ? fitting.toSorted((a, b) => Number(isBold(b)) - Number(isBold(a))) : fitting;
  const options: PickerOption[] = shown.slice(0, MAX_ROOMS).map((room) => ({
    key: `room-${room.id}`,
    mark: markOf(room),
    text: room.name,
    bold: isBold(room),
    hint: room.peer === null ? room.topic : `@${room.peer.username}`,
    testId: `jump-${room.peer?.username ?? room.name}`,
    run: () => go(room.id),
  }));
  for (const room of words === "" ? [] : (found?.rooms ?? [])) {
    if (room.joined) continue;
    const mark = markOf(room);
    options.push({ key: `other-${room.id}`, mark, text: room.name, hint: "not joined", run: () => go(room.id) });
  }
  for (const user of words === "" ? [] : (found?.users ?? [])) {
    if (own.some(({ peer }) => peer?.id === user.id)) continue;
    options.push({
      key: `user-${user.id}`,
      mark: <Mark icon={UserRound} />,
      text: user.name,
      hint: `@${user.username}`,
      run: () => void attempt(async () => go((await actions.openDirect(user.id)).id)),
    });
  }
  if (words !== "") {
    options.push({
      key: "search",
      mark: <Mark icon={Search} />,
      text: `Search messages for “${words}”`,
      testId: "search-messages",
      run: () => {
        onClose();
        openPanel("search", words);
      },
    });
  }
  return (
    <Dialog bare title="Search or jump to" onClose={onClose} testId="switcher">
      <Picker
        label="Search or jump to"
        placeholder="A channel, a person, or words of a message"
        query={query}
        onQuery={setQuery}
        options={options}
        empty={null}
        testId="switcher-input"
      />
    </Dialog>
  );
}

type Asked = Pick<ReturnType<typeof useWorkspace>["actions"], "browse" | "findUsers">;

async function elsewhere(query: string, { browse, findUsers }: Asked) {
  if (query.trim() === "") return { rooms: [], users: [] };
  const [{ rooms }, { users }] = await Promise.all([browse(query), findUsers(query)]);
  return { rooms, users };
}

function markOf(room: Pick<RoomSummary, "kind"> & Partial<Pick<RoomSummary, "peer">>) {
  if (room.peer) {
    return (
      <span className="picker-mark">
        <StatusDot user={room.peer} />
      </span>
    );
  }
  return <Mark icon={room.kind === "private" ? Lock : Hash} />;
}

const Mark = ({ icon: Icon }: { readonly icon: typeof Hash }) => (
  <span className="picker-mark">
    <Icon size={17} strokeWidth={1.9} aria-hidden="true" />
  </span>
);
