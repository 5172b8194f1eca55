import { useCallback, useEffect, useState } from "react";
import { sentenceOf } from "../refusal.ts";

export interface Loaded<Value> {
  /** Undefined until it has come; stays while it is loaded again. */
  readonly value: Value | undefined;
  /** Why it could not be loaded, as a sentence. */
  readonly error: string | undefined;
  readonly reload: () => void;
}

/** What a push answers, asked again when `load` or `version` changes. `load` has to be the same function in between. */
export function useLoaded<Value>(load: () => PromiseLike<Value>, version: unknown): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<string>();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let wanted = true;
    load().then(
      (answer) => {
        if (!wanted) return;
        setValue(answer);
        setError(undefined);
      },
      (failure: unknown) => {
        if (wanted) setError(sentenceOf(failure));
      },
    );
    return () => {
      wanted = false;
    };
  }, [load, version, tries]);
  return { value, error, reload: useCallback(() => setTries((count) => count + 1), []) };
}
