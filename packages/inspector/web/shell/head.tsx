import { useState } from "react";
import { ClientText } from "../parts/client-text.tsx";
import { useSession } from "../live/session.ts";
import { Logo } from "./logo.tsx";
import { Status } from "./status.tsx";
import { THEMES, applyTheme, rememberedTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";

export function Head({ onHelp }: { readonly onHelp: () => void }) {
  const { node, version, user } = useSession();
  const [theme, setTheme] = useState<Theme>(rememberedTheme);
  const choose = (next: Theme): void => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <header className="head">
      <a className="brand" href="#/overview" title={version === null ? undefined : `wingbeat ${version}`}>
        <Logo /> Wingbeat <span className="brand-what">inspector</span>
      </a>
      <Status />
      <div className="head-end">
        {node !== null && (
          <span className="who" title="The node that answers this page">
            {user !== null && (
              <>
                <ClientText text={user} max={40} /> at{" "}
              </>
            )}
            <ClientText text={node} max={60} />
          </span>
        )}
        <label className="pick theme">
          <span className="visually-hidden">Theme</span>
          <select
            value={theme}
            onChange={(event) => choose(THEMES.find((one) => one === event.target.value) ?? "system")}
          >
            {THEMES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" aria-keyshortcuts="?" onClick={onHelp}>
          Keys
        </button>
      </div>
    </header>
  );
}
