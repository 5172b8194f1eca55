import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../parts/button.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { SkeletonList } from "../parts/skeleton.tsx";
import type { Loaded } from "./use-loaded.ts";

export interface PanelListProps<Item> {
  readonly loaded: Loaded<readonly Item[]>;
  readonly icon: LucideIcon;
  readonly empty: string;
  /** How something gets here. */
  readonly hint: string;
  readonly render: (item: Item) => ReactNode;
}

/** A list that was asked for: skeletons, what has gone wrong, that there is nothing, or its items. */
export function PanelList<Item>({ loaded, icon, empty, hint, render }: PanelListProps<Item>) {
  const { value, error, reload } = loaded;
  if (value === undefined && error === undefined) return <SkeletonList count={5} label="Loading" />;
  if (value === undefined) {
    return (
      <EmptyState icon={icon} title="That did not work" action={<Button onClick={reload}>Try again</Button>}>
        {error}
      </EmptyState>
    );
  }
  if (value.length === 0) {
    return (
      <EmptyState icon={icon} title={empty}>
        {hint}
      </EmptyState>
    );
  }
  return <ul className="room-panel-scroll">{value.map(render)}</ul>;
}
