import { Component } from "react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import "./error-boundary.css";
import { Logo } from "./logo.tsx";
import { isMissingPart, reloadOnce } from "./reload.ts";

export interface ErrorBoundaryProps {
  /** Names what is broken. Default: the page. */
  readonly title?: string;
  readonly children: ReactNode;
}

/**
 * In place of something that cannot be drawn: a calm screen with a way on. A part of the page that is gone, because a
 * newer page has been put on the server, comes with a reload, which happens by itself once.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    if (isMissingPart(error)) void reloadOnce(sessionStorage);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const isMissing = isMissingPart(error);
    return (
      <div className="error-screen" role="alert" data-testid="error-screen">
        <Logo size={48} />
        <h1>{isMissing ? "A part of Roost could not be loaded" : (this.props.title ?? "Something went wrong")}</h1>
        <p>
          {isMissing
            ? "There may be a newer version, or no connection at the moment. What you have written is kept."
            : "That should not have happened. What you have written is kept."}
        </p>
        <Button look="primary" data-testid="reload" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </div>
    );
  }
}
