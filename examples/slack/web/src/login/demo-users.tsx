import { AppWindow, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import type { DemoUser } from "../api.ts";
import { Avatar } from "../parts/avatar.tsx";
import { useToast } from "../parts/toasts.tsx";
import { sentenceOf } from "../refusal.ts";
import "./demo-users.css";

export interface DemoUsersProps {
  readonly users: readonly DemoUser[];
  readonly onLoggedIn: () => Promise<void>;
}

/** The people of the demonstration: a click, and one is in. */
export function DemoUsers({ users, onLoggedIn }: DemoUsersProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const toast = useToast();
  const logIn = async ({ username, password }: DemoUser) => {
    setChosen(username);
    try {
      await api.login(username, password);
      await onLoggedIn();
    } catch (error) {
      toast(sentenceOf(error), { kind: "error" });
      setChosen(null);
    }
  };
  return (
    <section className="demo" aria-labelledby="demo-title">
      <h1 className="demo-title" id="demo-title">
        Come in as somebody
      </h1>
      <p className="demo-text">This is a demonstration. Choose a person, and look around.</p>
      <ul className="demo-users">
        {users.map((user) => (
          <li key={user.username}>
            <button
              className="demo-user"
              type="button"
              data-testid={`demo-${user.username}`}
              disabled={chosen !== null}
              onClick={() => void logIn(user)}
            >
              <Avatar user={user} size={40} />
              <span className="demo-names">
                <span className="demo-name truncate">{user.name}</span>
                <span className="demo-username truncate">@{user.username}</span>
              </span>
              {chosen === user.username && <LoaderCircle className="demo-spin" size={16} aria-hidden="true" />}
            </button>
          </li>
        ))}
      </ul>
      <p className="demo-hint" data-testid="two-windows">
        <AppWindow size={16} aria-hidden="true" />
        <span>
          <strong>Open two windows</strong> to see it live: one here, and a private one where you come in as somebody
          else.
        </span>
      </p>
    </section>
  );
}
