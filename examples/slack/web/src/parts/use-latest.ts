import { useInsertionEffect, useRef } from "react";

/** The value of the last rendering, for callbacks that outlive theirs. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
