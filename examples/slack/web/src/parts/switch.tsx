import { Switch as Primitive } from "radix-ui";
import { useId } from "react";
import type { ReactNode } from "react";
import "./switch.css";

export interface SwitchProps {
  readonly label: ReactNode;
  /** A sentence below the label. */
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean | undefined;
  readonly testId?: string | undefined;
}

/** A switch with its label, which works at once or with the form that it is in. */
export function Switch({ label, hint, checked, onChange, disabled = false, testId }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-row">
      <div>
        <label className="switch-label" htmlFor={id}>
          {label}
        </label>
        {hint !== undefined && (
          <p className="switch-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
      <Primitive.Root
        className="switch"
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        data-testid={testId}
        {...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` })}
      >
        <Primitive.Thumb className="switch-thumb" />
      </Primitive.Root>
    </div>
  );
}
