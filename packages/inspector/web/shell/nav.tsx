import { useState } from "react";
import { hrefOf } from "../route.ts";
import type { Place } from "../route.ts";
import { STOPS } from "../views/places.tsx";

export function Nav({ current }: { readonly current: Place }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <nav className="nav" aria-label="Views" data-open={isOpen || undefined}>
      <button
        type="button"
        className="button nav-button"
        aria-expanded={isOpen}
        aria-controls="views"
        onClick={() => setOpen(!isOpen)}
      >
        {STOPS.find(({ place }) => place === current)?.name ?? "Views"}{" "}
        <span aria-hidden="true">{isOpen ? "▴" : "▾"}</span>
      </button>
      <ul id="views">
        {STOPS.map(({ place, name, key }) => (
          <li key={place}>
            <a
              href={hrefOf(place)}
              aria-current={place === current ? "page" : undefined}
              aria-keyshortcuts={`g ${key}`}
              onClick={() => setOpen(false)}
            >
              {name}
              <kbd aria-hidden="true">g {key}</kbd>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
