/** Roost's bird, as public/icon.svg has it. */
export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg className="logo" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#1f4a44" />
      <path
        fill="#7fe0cb"
        d="M7 21.5c4.6.9 7-1.1 8-4.2.9-2.9 1.2-8.3 6.5-8.3 2 0 3.4.9 4.1 2.3l2.4 1.2-2.3 1c-.2 5.8-3.4 11-10.2 11-4 0-7-1.3-8.5-3z"
      />
      <circle cx="21.7" cy="12.3" r="1.2" fill="#14312e" />
    </svg>
  );
}
