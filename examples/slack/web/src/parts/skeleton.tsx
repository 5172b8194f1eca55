import "./skeleton.css";

/** Grey bars where text is going to be. Says nothing to screen readers: their reader is told by `aria-busy` around. */
export function Skeleton({ width = "100%", height = "0.75em" }: { readonly width?: string; readonly height?: string }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

const WIDTHS = ["62%", "78%", "45%", "70%", "54%", "82%", "60%"];

/** As many lines as a list is likely to have, with a square before each. */
export function SkeletonList({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <div className="skeleton-list" role="status" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <div className="skeleton-line" key={index}>
          <Skeleton width="1.75rem" height="1.75rem" />
          <Skeleton width={WIDTHS[index % WIDTHS.length] ?? "60%"} />
        </div>
      ))}
    </div>
  );
}
