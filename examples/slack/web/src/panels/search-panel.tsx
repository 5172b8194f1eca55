import { Hash, Lock, Search, SearchX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { BrowsedRoom, SearchHit, User } from "@wingbeat/example-slack/contract";
import { Avatar } from "../parts/avatar.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { SkeletonList } from "../parts/skeleton.tsx";
import { Switch } from "../parts/switch.tsx";
import { sentenceOf } from "../refusal.ts";
import { labelOf, useWorkspace } from "../workspace.ts";
import { Hit } from "./hit.tsx";
import "./search-panel.css";

interface Results {
  readonly hits: readonly SearchHit[];
  readonly rooms: readonly BrowsedRoom[];
  readonly users: readonly User[];
}

/** Milliseconds without a key, before the server is asked. */
const PAUSE_MS = 250;
const MIN_LENGTH = 2;

/** Messages, rooms and people, as they are typed. */
export function SearchPanel({ query: first }: { readonly query: string }) {
  const { actions, currentRoom } = useWorkspace();
  const [query, setQuery] = useState(first);
  const [onlyHere, setOnlyHere] = useState(false);
  const [results, setResults] = useState<Results | null>(null);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const wanted = query.trim();
  const roomId = onlyHere ? currentRoom?.id : undefined;
  useEffect(() => {
    if (wanted.length < MIN_LENGTH) return setResults(null);
    let current = true;
    const timer = setTimeout(() => {
      actions.search(wanted, roomId).then(
        (found) => {
          if (!current) return;
          setResults(found);
          setError(null);
        },
        (failure: unknown) => current && setError(sentenceOf(failure)),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted, roomId, actions]);
  return (
    <>
      <div className="search-panel-box" role="search">
        <Search size={16} aria-hidden="true" />
        <input
          ref={input}
          type="search"
          placeholder="Search messages, channels, people"
          aria-label="Search messages, channels and people"
          data-testid="search-input"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      {currentRoom !== null && (
        <div className="search-panel-where">
          <Switch
            label={`Only in ${labelOf(currentRoom)}`}
            checked={onlyHere}
            onChange={setOnlyHere}
            testId="search-here"
          />
        </div>
      )}
      {error !== null ? (
        <EmptyState icon={SearchX} title="That did not work">
          {error}
        </EmptyState>
      ) : wanted.length < MIN_LENGTH ? (
        <EmptyState icon={Search} title="Find what was said">
          Type a word or two. You find what you may read, and nothing else.
        </EmptyState>
      ) : results === null ? (
        <SkeletonList count={5} label="Searching" />
      ) : (
        <Found results={results} query={wanted} />
      )}
    </>
  );
}

function Found({ results, query }: { readonly results: Results; readonly query: string }) {
  const { openRoom, openProfile } = useWorkspace();
  const { hits, rooms, users } = results;
  if (hits.length + rooms.length + users.length === 0) {
    return (
      <EmptyState icon={SearchX} title="Nothing found">
        Nothing that you may read has “{query}” in it.
      </EmptyState>
    );
  }
  return (
    <div className="room-panel-scroll">
      {rooms.length > 0 && (
        <section aria-label="Channels">
          <h3 className="room-panel-group">Channels</h3>
          {rooms.map(({ id, kind, name, members }) => (
            <button
              key={id}
              type="button"
              className="search-panel-line"
              data-testid={`found-room-${name}`}
              onClick={() => openRoom(id)}
            >
              {kind === "private" ? <Lock size={15} aria-hidden="true" /> : <Hash size={15} aria-hidden="true" />}
              <span className="truncate">{name}</span>
              <span className="search-panel-note">{members === 1 ? "1 member" : `${members} members`}</span>
            </button>
          ))}
        </section>
      )}
      {users.length > 0 && (
        <section aria-label="People">
          <h3 className="room-panel-group">People</h3>
          {users.map((user) => (
            <button
              key={user.id}
              type="button"
              className="search-panel-line"
              data-testid={`found-user-${user.username}`}
              onClick={() => openProfile(user)}
            >
              <Avatar user={user} size={22} />
              <span className="truncate">{user.name}</span>
              <span className="search-panel-note">{user.username}</span>
            </button>
          ))}
        </section>
      )}
      {hits.length > 0 && (
        <section aria-label="Messages">
          <h3 className="room-panel-group">Messages</h3>
          <ul>
            {hits.map(({ message, room }) => (
              <Hit key={message.id} message={message} room={room} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
