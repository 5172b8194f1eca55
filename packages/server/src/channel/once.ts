/** Effects that happen once, however often their push is handled: in a transaction of the application, in PostgreSQL. */
import type { Awaitable } from "../awaitable.ts";
import { describe } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";
import type { DatabaseTransaction } from "../pubsub.ts";
import { beginOnce, endOnce } from "../pubsub/adapters/postgres/once.ts";
import { isReply } from "./result.ts";
import type { Reply } from "./result.ts";
import { readReply, storedReply } from "./stored-reply.ts";

/** Limits, as docs/reference/limits.md lists them. */
export const ONCE_LIMITS = { maxReplyBytes: 65_536, maxKeyBytes: 255 } as const;

export interface OnceOptions {
  /** Begins the name of the table, as in `postgresHistory`. Default `wingbeat`. */
  readonly namespace?: string;
}

/**
 * Runs `run` once for the key of a push, within a transaction of the application. A key that is known has been there: it gives
 * the reply of that time, and runs nothing. While another transaction has the same key under way, it waits for its end. Effects,
 * dedupe and what `ctx.publish` sends with `{ transaction }` are one: if the transaction is rolled back, none of them happened.
 *
 * `tx` is a client of `pg` between BEGIN and COMMIT, or what is like it (`query(text, values)`, which resolves with `{ rows }`).
 * `ctx` is that of `handleIn`, or anything with a key of at most 255 bytes; without a key, as of a plain push, it just runs.
 * The table is in `wingbeat history:sql`.
 *
 * `run` may return nothing, or a reply of at most 65,536 bytes; what it throws is thrown, and then the transaction has to be
 * rolled back. Rejects with `WB_BAD_RETURN` for what cannot be stored, with an EncodeError, with `WB_OPTION` for a key that is
 * none and outside of a transaction, and with the error of the database.
 *
 * @example
 * return await once(tx, ctx, async () => {
 *   const id = await insert(tx, payload);
 *   await ctx.publish("new_msg", { id, ...payload }, { transaction: tx });
 *   return ok({ id });
 * });
 */
export async function once<R extends Reply | void>(
  tx: DatabaseTransaction,
  ctx: { readonly idempotencyKey: string | undefined },
  run: () => Awaitable<R>,
  options: OnceOptions = {},
): Promise<R> {
  checkKeys("once", options, ["namespace"]);
  const { namespace = "wingbeat" } = options;
  const { idempotencyKey: key } = ctx;
  if (key === undefined) return run();
  checkKey(key);
  const known = await beginOnce(tx, namespace, key);
  if (known !== undefined) return (known === NOTHING ? undefined : readReply(known)) as R;
  const result = await run();
  await endOnce(tx, namespace, key, stored(result));
  return result;
}

/** Stored when `run` has returned nothing. */
const NOTHING = "";

function stored(result: unknown): string {
  if (result === undefined) return NOTHING;
  if (!isReply(result)) {
    throw new WingbeatError(
      "WB_BAD_RETURN",
      `once: run returned ${describe(result)}: it may return nothing, ok(…), refuse(…) or reply(…). ` +
        "Return stop(…), or reply later, after once.",
    );
  }
  const text = storedReply(result);
  const size = Buffer.byteLength(text);
  if (size <= ONCE_LIMITS.maxReplyBytes) return text;
  throw new WingbeatError(
    "WB_BAD_RETURN",
    `once: the reply has ${size} bytes, and ${ONCE_LIMITS.maxReplyBytes} can be stored: reply with an id, and let the client load it.`,
  );
}

function checkKey(key: unknown): void {
  if (typeof key === "string" && key !== "" && Buffer.byteLength(key) <= ONCE_LIMITS.maxKeyBytes) return;
  const found = typeof key === "string" ? `${Buffer.byteLength(key)} bytes long` : `a ${typeof key}`;
  throw new WingbeatError(
    "WB_OPTION",
    `once: idempotencyKey is ${found}: it must be a string of 1 to ${ONCE_LIMITS.maxKeyBytes} bytes.`,
  );
}
