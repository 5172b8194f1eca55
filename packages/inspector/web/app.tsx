import { useEffect, useSyncExternalStore } from "react";
import type { Door } from "./live/door.ts";
import { HoldContext, useHoldState } from "./live/hold.ts";
import { OverviewProvider } from "./live/overview.tsx";
import { SocketProvider } from "./live/realtime.ts";
import { Notices } from "./parts/notices.tsx";
import { useRoute } from "./route.ts";
import { Head } from "./shell/head.tsx";
import { Nav } from "./shell/nav.tsx";
import { NotLetIn } from "./shell/not-let-in.tsx";
import { Trouble } from "./shell/trouble.tsx";
import { useShortcuts } from "./shell/use-shortcuts.ts";
import { Help } from "./shell/help.tsx";
import { STOPS, stopOf, viewAt } from "./views/places.tsx";

export function App({ door }: { readonly door: Door }) {
  const shut = useSyncExternalStore(door.subscribe, door.shut);
  if (shut?.status === 401 || shut?.status === 403) return <NotLetIn onTry={() => door.knock()} />;
  return (
    <SocketProvider socket={door.socket}>
      <Page door={door} />
    </SocketProvider>
  );
}

function Page({ door }: { readonly door: Door }) {
  const hold = useHoldState();
  const route = useRoute();
  const [isHelping, help] = useShortcuts(hold);
  const stop = stopOf(route.place);
  const name = STOPS.find(({ place }) => place === stop)?.name ?? "";
  useEffect(() => {
    document.title = `${name} · Wingbeat inspector`;
  }, [name]);
  return (
    <HoldContext value={hold}>
      <Notices>
        <OverviewProvider>
          <a
            className="skip"
            href="#main"
            onClick={(event) => {
              // The address is the place: the link must not change it.
              event.preventDefault();
              document.querySelector<HTMLElement>("main h1")?.focus();
            }}
          >
            Skip to the view
          </a>
          <Head onHelp={() => help(true)} />
          <div className="body">
            <Nav current={stop} />
            <main id="main">
              <Trouble door={door} />
              <div key={route.place} className="view">
                {viewAt(route)}
              </div>
            </main>
          </div>
          {isHelping && <Help onClose={() => help(false)} />}
        </OverviewProvider>
      </Notices>
    </HoldContext>
  );
}
