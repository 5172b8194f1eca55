/** Times and days as this page's user writes them. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });
const fullDay = new Intl.DateTimeFormat(undefined, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const short = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

export const timeOf = (at: string): string => clock.format(new Date(at));
/** Without AM or PM: for the narrow column beside messages that have a full time above them. */
export const narrowTimeOf = (at: string): string =>
  clock
    .formatToParts(new Date(at))
    .map(({ type, value }) => (type === "dayPeriod" ? "" : value))
    .join("")
    .trim();
export const fullTimeOf = (at: string): string => full.format(new Date(at));

/** Of a day as `2026-11-21`: "Today", "Yesterday", "Friday, November 20", with the year when it is another one. */
export function dayName(day: string, now = new Date()): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const then = new Date(year, month - 1, date);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const days = Math.round((today.getTime() - then.getTime()) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (year === now.getFullYear() ? weekday : fullDay).format(then);
}

/** In lists: the time of today's, the day of others. */
export function shortTimeOf(at: string, now = new Date()): string {
  const then = new Date(at);
  return then.toDateString() === now.toDateString() ? clock.format(then) : short.format(then);
}
