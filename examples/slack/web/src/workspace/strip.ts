/** What the strip above the page says of the connection, as a pure function of what has happened. */

export interface StripState {
  readonly shown: "nothing" | "reconnecting" | "offline" | "closed" | "caught-up";
  /** Messages that rooms got after the connection came back. */
  readonly count: number;
}

export type StripEvent =
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "caught-up"; readonly count: number }
  | { readonly type: "read" };

/** `up`: connected, and the user's channel is joined. */
export type Link = "starting" | "up" | "reconnecting" | "offline" | "closed";

export const NO_STRIP: StripState = { shown: "nothing", count: 0 };

export function stripReducer(state: StripState, event: StripEvent): StripState {
  switch (event.type) {
    case "link":
      return linked(state, event.link);
    case "caught-up":
      // Rooms join at their own time, also a little before the strip knows that all is well.
      return state.shown === "nothing" ? state : { ...state, count: state.count + event.count };
    case "read":
      return state.shown === "caught-up" ? NO_STRIP : state;
  }
}

function linked(state: StripState, link: Link): StripState {
  if (link === "starting") return NO_STRIP;
  if (link !== "up") return state.shown === link ? state : { shown: link, count: 0 };
  return state.shown === "nothing" || state.shown === "caught-up" ? state : { ...state, shown: "caught-up" };
}

/** From what the page knows. Before the first connection there is nothing that could come back: skeletons tell. */
export function linkOf(
  connection: "connecting" | "open" | "reconnecting" | "closed" | "refused",
  isOnline: boolean,
  isJoined: boolean,
  wasJoined: boolean,
): Link {
  if (!isOnline) return "offline";
  // Whoever is refused is back at the login screen.
  if (connection === "closed" || connection === "refused") return wasJoined ? "closed" : "starting";
  if (connection === "open" && isJoined) return "up";
  return wasJoined ? "reconnecting" : "starting";
}

export function textOf({ shown, count }: StripState): string {
  if (shown === "reconnecting") return "Connection lost. Reconnecting…";
  if (shown === "offline") return "You are offline. What you write is kept until you are back.";
  if (shown === "closed") return "The server has closed the connection.";
  if (shown === "nothing") return "";
  if (count === 0) return "Connected again. You have missed nothing here.";
  return `Connected again: caught up ${count} ${count === 1 ? "message" : "messages"}.`;
}
