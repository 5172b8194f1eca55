import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import "./empty-state.css";

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What would be here, and how it gets here. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <span className="empty-state-icon">
        <Icon size={22} strokeWidth={1.7} aria-hidden="true" />
      </span>
      <p className="empty-state-title">{title}</p>
      {children !== undefined && <p className="empty-state-text">{children}</p>}
      {action}
    </div>
  );
}
