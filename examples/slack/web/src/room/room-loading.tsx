import { Skeleton } from "../parts/skeleton.tsx";
import { DrawerButton } from "../workspace.ts";
import "./room-loading.css";

const LINES = [
  ["7rem", "62%"],
  ["5rem", "38%"],
  ["8rem", "71%"],
  ["6rem", "54%"],
  ["7rem", "46%"],
  ["5rem", "66%"],
] as const;

/** Where a room is going to be. */
export function RoomLoading() {
  return (
    <>
      <header className="room-header">
        <DrawerButton />
        <Skeleton width="9rem" height="1rem" />
      </header>
      <div className="room-loading" role="status" aria-label="Loading messages">
        <MessageSkeletons count={LINES.length} />
      </div>
    </>
  );
}

export function MessageSkeletons({ count }: { readonly count: number }) {
  return LINES.slice(0, count).map(([name, body]) => (
    <div className="room-loading-row" key={name + body}>
      <Skeleton width="2.25rem" height="2.25rem" />
      <div>
        <Skeleton width={name} />
        <Skeleton width={body} />
      </div>
    </div>
  ));
}
