import { Button } from "./parts/button.tsx";
import { Logo } from "./parts/logo.tsx";
import "./splash.css";

/** While nobody knows who is logged in: for a moment, or as long as the server does not answer. */
export function Splash({ unreachable, onRetry }: { readonly unreachable: boolean; readonly onRetry: () => unknown }) {
  return (
    <main className="splash" aria-busy={!unreachable}>
      <Logo size={48} />
      {unreachable ? (
        <div className="splash-text" role="alert">
          <h1>Roost cannot be reached</h1>
          <p>The server does not answer. This page tries again every few seconds.</p>
          <Button onClick={() => onRetry()}>Try now</Button>
        </div>
      ) : (
        <p className="visually-hidden" role="status">
          Loading Roost
        </p>
      )}
    </main>
  );
}
