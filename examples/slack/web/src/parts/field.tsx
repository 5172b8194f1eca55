import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";
import "./field.css";

export interface FieldProps extends Omit<ComponentProps<"input">, "id"> {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, as a sentence. */
  readonly error?: string | undefined;
  /** Before the value, as `#`. */
  readonly prefix?: string | undefined;
  readonly testId?: string | undefined;
}

/** A line to type in, with its label. */
export function Field({ label, hint, error, prefix, testId, ...props }: FieldProps) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="field-box" data-invalid={error !== undefined || undefined}>
        {prefix !== undefined && (
          <span className="field-prefix" aria-hidden="true">
            {prefix}
          </span>
        )}
        <input
          className="field-input"
          {...props}
          id={id}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={said === undefined ? undefined : `${id}-said`}
          data-testid={testId}
        />
      </div>
      {said !== undefined && (
        <p className={error === undefined ? "field-hint" : "field-error"} id={`${id}-said`}>
          {said}
        </p>
      )}
    </div>
  );
}
