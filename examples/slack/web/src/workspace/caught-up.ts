/** How many messages the rooms have got after a lost connection: told by rooms, heard by the strip. */
import { createContext } from "react";

export interface CaughtUp {
  readonly report: (count: number) => void;
  /** Gives a function that ends it. */
  readonly listen: (heard: (count: number) => void) => () => void;
}

export function createCaughtUp(): CaughtUp {
  const listeners = new Set<(count: number) => void>();
  return {
    report: (count) => {
      for (const heard of listeners) heard(count);
    },
    listen: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  };
}

export const CaughtUpContext = createContext<CaughtUp>(createCaughtUp());
