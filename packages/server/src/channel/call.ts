/** Validates a payload with its schema, then runs the callback. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Reason } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import type { Context } from "./context.ts";
import type { PayloadHandler } from "./spec.ts";

/** One issue of a payload, as sent to the client. */
export interface Issue {
  readonly message: string;
  /** Keys and indices that lead to the wrong value. */
  readonly path: readonly (string | number)[];
}

/** The result of a callback whose schema refused the payload: it did not run. */
export class InvalidPayload {
  readonly response: { readonly reason: string; readonly issues: readonly Issue[] };

  constructor(issues: readonly Issue[]) {
    this.response = { reason: Reason.invalidPayload, issues };
  }
}

/** Returns the callback's result, a promise of it, or an {@link InvalidPayload}. Throws whatever it throws. */
export function call(handler: PayloadHandler, context: Context, payload: unknown): unknown {
  if (handler.schema === undefined) return handler.run(context, payload);
  const checked = handler.schema["~standard"].validate(payload);
  if (isPromise(checked)) return Promise.resolve(checked).then((result) => proceed(handler, context, result));
  return proceed(handler, context, checked);
}

function proceed(handler: PayloadHandler, context: Context, checked: StandardSchemaV1.Result<unknown>): unknown {
  if (checked.issues !== undefined) return new InvalidPayload(issuesOf(checked));
  return handler.run(context, checked.value);
}

/** Issues as they go to the client: message and path only, whatever else a library puts there. */
export function issuesOf(failure: StandardSchemaV1.FailureResult): Issue[] {
  return failure.issues.map((issue) => ({
    message: issue.message,
    path: (issue.path ?? []).map((segment) => {
      const key = typeof segment === "object" ? segment.key : segment;
      return typeof key === "symbol" ? String(key) : key;
    }),
  }));
}
