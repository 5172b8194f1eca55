/** What the parts of a comparison know of it. */
import type { Schemas } from "../json-schema.ts";
import type { Difference } from "./difference.ts";
import type { AnySchema } from "./schema-parts.ts";

/** One side: its schemas by name. */
export interface Side {
  readonly schemas: Schemas;
}

/** What the parts of a comparison need of it. */
export interface Comparing {
  readonly sender: Side;
  readonly receiver: Side;
  /** The receiver refuses properties that a closed object does not declare. Clients ignore them. */
  readonly isStrict: boolean;
  compare(sent: AnySchema, taken: AnySchema): Difference[];
}
