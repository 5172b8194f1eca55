import { Component } from "react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import "./error-boundary.css";
import { Logo } from "./logo.tsx";
import { isMissingPart, reloadOnce } from "./reload.ts";

/** What is said in place of what is broken. */
export interface Trouble {
  readonly title: string;
  readonly text: string;
}

export interface ErrorBoundaryProps {
  /** Names what is broken. Default: the page. */
  readonly title?: string;
  /** Says it. Default: a screen. */
  readonly show?: (trouble: Trouble) => ReactNode;
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
    const { children, title = "Something went wrong", show = screen } = this.props;
    if (error === undefined) return children;
    if (!isMissingPart(error)) {
      return show({ title, text: "That should not have happened. Your drafts are kept." });
    }
    return show({
      title: "A part of Roost could not be loaded",
      text: "There may be a newer version, or no connection at the moment. Your drafts are kept.",
    });
  }
}

const screen = ({ title, text }: Trouble) => (
  <div className="error-screen" role="alert" data-testid="error-screen">
    <Logo size={48} />
    <h1>{title}</h1>
    <p>{text}</p>
    <ReloadButton />
  </div>
);

export function ReloadButton() {
  return (
    <Button look="primary" data-testid="reload" onClick={() => window.location.reload()}>
      Reload
    </Button>
  );
}
