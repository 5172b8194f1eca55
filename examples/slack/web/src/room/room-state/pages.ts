/** Pages of the history. An answer to a question that is out of date by now changes nothing. */
import type { HistoryPage } from "@wingbeat/example-slack/contract";
import type { PageRequest, RoomState } from "./types.ts";
import { withoutConfirmed } from "./outbox.ts";
import { cut, newest, withMessages } from "./window.ts";

export function addPage(state: RoomState, request: PageRequest, page: HistoryPage): RoomState {
  const after = placePage(state, request, page);
  return after === state ? state : withoutConfirmed(after, page.messages);
}

function placePage(state: RoomState, request: PageRequest, page: HistoryPage): RoomState {
  switch (request.kind) {
    case "older":
      if (state.messages[0]?.seq !== request.before) return state;
      return cut(withMessages({ ...state, hasOlder: page.hasOlder }, page.messages), "newest");
    case "newer":
      if (state.messages.at(-1)?.seq !== request.after) return state;
      return attached(cut(withMessages({ ...state, hasNewer: page.hasNewer }, page.messages), "oldest"));
    case "around":
    case "latest":
      return replace(state, page);
    case "anew":
      return anew(state, request.since, page);
  }
}

/** The messages of another place of the history instead of those that are here. */
function replace(state: RoomState, page: HistoryPage): RoomState {
  const { messages, hasOlder, hasNewer } = page;
  const place = { messages, hasOlder, hasNewer };
  return attached({ ...state, ...place, generation: state.generation + 1, newestSeq: newest(state, messages) });
}

/** What was held may be of somebody who is not shown any more: nothing of it counts. */
function anew(state: RoomState, since: number, page: HistoryPage): RoomState {
  const came = state.messages.filter(({ seq }) => seq > since);
  const empty = { ...state, messages: [], hasNewer: false, newestSeq: 0, unreadAfter: null, fresh: 0 };
  const held = withMessages({ ...empty, hasOlder: page.hasOlder, generation: state.generation + 1 }, page.messages);
  return withMessages(held, came);
}

/** The end of the history is here, unless something came while the page was on its way. */
function attached(state: RoomState): RoomState {
  const hasNewer = state.hasNewer || (state.messages.at(-1)?.seq ?? 0) < state.newestSeq;
  return { ...state, hasNewer, fresh: hasNewer || !state.following ? state.fresh : 0 };
}
