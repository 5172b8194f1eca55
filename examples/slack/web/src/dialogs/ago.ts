const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago an ISO time was: "2 hours ago", "yesterday". */
export function agoOf(time: string, now: number = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit === undefined ? "just now" : format.format(-Math.floor(seconds / unit[1]), unit[0]);
}
