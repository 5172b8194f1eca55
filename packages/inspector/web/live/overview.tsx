/** The overview is asked for wherever somebody is: the head of the page tells of it, and the charts go on. */
import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { sampleOf, withSample } from "./samples.ts";
import type { Sample } from "./samples.ts";
import { useView } from "./use-view.ts";
import type { Live } from "./use-view.ts";

interface Overview {
  readonly live: Live<"overview">;
  readonly samples: readonly Sample[];
}

const OverviewContext = createContext<Overview>({ live: { seen: null, error: undefined }, samples: [] });

export const useOverview = (): Overview => useContext(OverviewContext);

export function OverviewProvider({ children }: { readonly children: ReactNode }) {
  const live = useView("overview", {});
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const answer = live.seen?.answer;
  useEffect(() => {
    if (answer !== undefined) setSamples((all) => withSample(all, sampleOf(answer)));
  }, [answer]);
  return <OverviewContext value={{ live, samples }}>{children}</OverviewContext>;
}
