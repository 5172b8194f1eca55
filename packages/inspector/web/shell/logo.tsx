/** A wing, and the beat of it. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M5 20.5c5 0 6.5-2.5 8.5-6.5s4-6 8-6c-1.6 1.6-2 3-2 4.6 2.4-1.2 4.6-1.4 7.5-1-3 1-4.4 2.6-5.4 4.8 1.7-.2 3 0 4.4.7-3 .4-4.6 1.7-6.4 3.7-2.4 2.7-8 3.6-14.6-.3z" />
    </svg>
  );
}
