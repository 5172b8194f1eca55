import { useState } from "react";
import type { FormEvent } from "react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { sentenceOf } from "../refusal.ts";
import "./account-form.css";

export interface AccountFormProps {
  readonly onLoggedIn: () => Promise<void>;
  /** There is something above it: the form is the other way in. */
  readonly besideDemo: boolean;
}

/** To log in with a password, or to become somebody new. */
export function AccountForm({ onLoggedIn, besideDemo }: AccountFormProps) {
  const [isNew, setIsNew] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const value = (name: string) => String(values.get(name) ?? "").trim();
    const password = String(values.get("password") ?? "");
    setBusy(true);
    setError(null);
    try {
      await (isNew ? api.register(value("username"), value("name"), password) : api.login(value("username"), password));
      await onLoggedIn();
    } catch (caught) {
      setError(sentenceOf(caught));
    } finally {
      setBusy(false);
    }
  };
  const testId = isNew ? "register" : "login";
  return (
    <form className="account" onSubmit={(event) => void submit(event)} aria-label={isNew ? "New account" : "Log in"}>
      {besideDemo ? (
        <h2 className="account-or">
          <span>{isNew ? "or make an account of your own" : "or log in with a password"}</span>
        </h2>
      ) : (
        <h1 className="account-title">{isNew ? "Make an account" : "Log in to Roost"}</h1>
      )}
      <div className="account-fields">
        <Field
          label="Username"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={isNew ? 30 : undefined}
          testId={`${testId}-username`}
        />
        {isNew && (
          <Field label="Your name" name="name" autoComplete="name" required maxLength={60} testId="register-name" />
        )}
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          minLength={isNew ? 8 : undefined}
          required
          {...(isNew ? { hint: "At least 8 characters." } : {})}
          testId={`${testId}-password`}
        />
      </div>
      {error !== null && (
        <p className="account-error" role="alert">
          {error}
        </p>
      )}
      <div className="account-actions">
        <Button type="submit" look={besideDemo ? "plain" : "primary"} busy={busy} data-testid={`${testId}-submit`}>
          {isNew ? "Make the account" : "Log in"}
        </Button>
        <Button
          look="quiet"
          data-testid="register-toggle"
          onClick={() => {
            setIsNew(!isNew);
            setError(null);
          }}
        >
          {isNew ? "I have an account" : "Make an account"}
        </Button>
      </div>
    </form>
  );
}
