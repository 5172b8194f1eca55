/** A share of the largest, as a bar: it says nothing that the figure beside it does not. */
export function Bar({ value, of }: { readonly value: number; readonly of: number }) {
  const width = of === 0 ? 0 : Math.min(100, (value / of) * 100);
  return (
    <svg className="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-ground" width="100" height="4" />
      <rect className="bar-value" width={width} height="4" />
    </svg>
  );
}
