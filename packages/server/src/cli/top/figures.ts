/** Numbers as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `1.2 MB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  for (; value >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Whole above 10, with a fraction below: `0.5`, `1,234`. */
export const number = (value: number): string =>
  value >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString("en-US") : value.toFixed(1);

/** `0.4 ms`, `1.5 s`, `3 min`; `-` for nothing. */
export function duration(ms: number | null): string {
  if (ms === null) return "-";
  if (ms < 1_000) return `${number(ms)} ms`;
  if (ms < 60_000) return `${number(ms / 1_000)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `1 channel`, `2,000 channels`. */
export const counted = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? "" : "s"}`;
