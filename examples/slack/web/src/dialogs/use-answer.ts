import { useEffect, useState } from "react";
import { useLatest } from "../parts/use-latest.ts";

export interface Answer<T> {
  /** Of the last question that was answered; stays while the next one is asked. */
  readonly value: T | undefined;
  readonly error: unknown;
  readonly waiting: boolean;
}

/**
 * Asks at once, and again when `key` is another one, then after `delay` ms without a further change. Answers that come
 * late are dropped.
 */
export function useAnswer<T>(ask: () => PromiseLike<T>, key: string, delay = 0): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, error: undefined, waiting: true });
  const latest = useLatest(ask);
  useEffect(() => {
    let wanted = true;
    setAnswer((last) => ({ ...last, waiting: true }));
    const timer = setTimeout(() => {
      latest.current().then(
        (value) => wanted && setAnswer({ value, error: undefined, waiting: false }),
        (error: unknown) => wanted && setAnswer((last) => ({ value: last.value, error, waiting: false })),
      );
    }, delay);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key, delay, latest]);
  return answer;
}
