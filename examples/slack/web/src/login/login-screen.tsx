import { useEffect, useState } from "react";
import { api } from "../api.ts";
import type { DemoUser } from "../api.ts";
import { Logo } from "../parts/logo.tsx";
import { AccountForm } from "./account-form.tsx";
import { DemoUsers } from "./demo-users.tsx";
import "./login-screen.css";
import { PublicAnnouncement } from "./public-announcement.tsx";
import { Scene } from "./scene.tsx";

export interface LoginScreenProps {
  /** Why the last visit ended, when that was not the user's own doing. */
  readonly message: string | null;
  readonly onLoggedIn: () => Promise<void>;
}

export function LoginScreen({ message, onLoggedIn }: LoginScreenProps) {
  const demoUsers = useDemoUsers();
  useEffect(() => {
    document.title = "Log in · Roost";
  }, []);
  return (
    <div className="login">
      <PublicAnnouncement />
      <div className="login-columns">
        <div className="login-side">
          <div className="login-brand">
            <Logo size={36} />
            <span>Roost</span>
          </div>
          <Scene />
          <p className="login-motto">Where the flock talks. Live, calm, and nothing lost on the way.</p>
        </div>
        <main className="login-main">
          <div className="login-card">
            <div className="login-brand login-brand-narrow">
              <Logo size={32} />
              <span>Roost</span>
            </div>
            {message !== null && (
              <p className="login-message" role="alert" data-testid="notice">
                {message}
              </p>
            )}
            {demoUsers.length > 0 && <DemoUsers users={demoUsers} onLoggedIn={onLoggedIn} />}
            <AccountForm onLoggedIn={onLoggedIn} besideDemo={demoUsers.length > 0} />
          </div>
        </main>
      </div>
    </div>
  );
}

/** Nobody on a server that has no demonstration, or does not answer: there is the form. */
function useDemoUsers(): readonly DemoUser[] {
  const [users, setUsers] = useState<readonly DemoUser[]>([]);
  useEffect(() => {
    let wanted = true;
    api.loginScreen().then(
      ({ demoUsers }) => wanted && setUsers(demoUsers),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, []);
  return users;
}
