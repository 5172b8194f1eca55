import { Logo } from "./logo.tsx";

/** Instead of the page, for somebody whom `authorize` does not let in. */
export function NotLetIn({ onTry }: { readonly onTry: () => void }) {
  return (
    <main className="door">
      <Logo />
      <h1>You are not let in</h1>
      <p>
        The server’s <code>authorize</code> decides who may look. Log in to the application as somebody who may, then
        try again. In development, without <code>authorize</code>, only this machine gets in: open the page as{" "}
        <code>localhost</code>.
      </p>
      <button type="button" className="button primary" onClick={onTry}>
        Try again
      </button>
    </main>
  );
}
