/** Where somebody is in the page: `#/connections?sort=buffered`. The address can be kept and sent to somebody else. */
import { useSyncExternalStore } from "react";

export const PLACES = [
  "overview",
  "doors",
  "connections",
  "connection",
  "topics",
  "topic",
  "events",
  "errors",
  "pressure",
  "presence",
  "history",
  "cluster",
  "tap",
] as const;
export type Place = (typeof PLACES)[number];

/** What is asked for at a place. Undefined values are left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

export interface Route {
  readonly place: Place;
  readonly params: Readonly<Record<string, string>>;
}

const isPlace = (name: string): name is Place => (PLACES as readonly string[]).includes(name);

export function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { place: isPlace(path) ? path : "overview", params: Object.fromEntries(new URLSearchParams(query)) };
}

export function hrefOf(place: Place, params: Params = {}): string {
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? `#/${place}` : `#/${place}?${new URLSearchParams(given)}`;
}

export function go(place: Place, params?: Params): void {
  location.hash = hrefOf(place, params);
}

/** Changes what is asked for, without a step for the back button. */
export function ask(place: Place, params: Params): void {
  history.replaceState(null, "", hrefOf(place, params));
  dispatchEvent(new Event("hashchange"));
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

let last: { readonly hash: string; readonly route: Route } | undefined = undefined;

function current(): Route {
  const { hash } = location;
  if (last?.hash !== hash) last = { hash, route: readRoute(hash) };
  return last.route;
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, current);
