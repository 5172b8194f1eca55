import { useInsertionEffect, useRef } from "react";

/** The value of the last rendering that was committed, for callbacks that outlive their rendering. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
