/**
 * The named schemas of a contract. Libraries put recursive and reused schemas into `definitions` of each schema; in a
 * document there is one place for all, and names must not depend on a library's counter.
 */
import { isObject, SCHEMAS, sorted } from "./json-schema.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";

/** Names that no user has given: `__schema0` of zod, `type5` of arktype, `0` of valibot. */
const MADE_UP = /^[a-z_$]*\d+$/i;
const DEFINED = /^#\/(?:definitions|\$defs)\/(.+)$/;
/** Their values are not schemas. */
const VALUES = new Set(["const", "enum", "default", "examples"]);

type Definitions = Readonly<Record<string, unknown>>;

export class NamedSchemas {
  readonly #schemas: Record<string, JsonSchema> = {};
  /** What each name stands for, as it came. */
  readonly #sources = new Map<string, string>();

  get all(): Schemas {
    return this.#schemas;
  }

  /** The schema as it stands in the document. `place` names what has no name of its own: `RoomNewMsg`. */
  add(place: string, schema: JsonSchema): JsonSchema {
    const { $schema: _$schema, $id: _$id, definitions, $defs, ...root } = schema;
    const defined: Definitions = { ...(definitions as Definitions), ...($defs as Definitions) };
    const names = new Map<string, string>();
    const refer = (reference: string): string => {
      const name = DEFINED.exec(reference)?.[1];
      const target = name === undefined ? root : defined[decode(name)];
      if (reference !== "#" && !isObject(target)) return reference;
      const known = names.get(reference);
      if (known !== undefined) return `${SCHEMAS}${known}`;
      const given = name === undefined || MADE_UP.test(name) ? place : decode(name);
      const chosen = this.#nameFor(safe(given), JSON.stringify(sorted([target, closure(target, root, defined)])));
      names.set(reference, chosen.name);
      if (chosen.isNew) this.#schemas[chosen.name] = rewritten(target, refer) as JsonSchema;
      return `${SCHEMAS}${chosen.name}`;
    };
    return rewritten(root, refer) as JsonSchema;
  }

  #nameFor(wanted: string, source: string): { readonly name: string; readonly isNew: boolean } {
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}${count}`;
      const known = this.#sources.get(name);
      if (known === source) return { name, isNew: false };
      if (known !== undefined) continue;
      this.#sources.set(name, source);
      return { name, isNew: true };
    }
  }
}

/** All that a schema refers to, directly or not: two schemas of one name are the same when this is the same, too. */
function closure(schema: unknown, root: unknown, defined: Definitions): Definitions {
  const found: Record<string, unknown> = {};
  const visit = (part: unknown): void => {
    rewritten(part, (reference) => {
      const name = DEFINED.exec(reference)?.[1];
      const target = name === undefined ? root : defined[decode(name)];
      if (!(reference in found)) {
        found[reference] = target;
        visit(target);
      }
      return reference;
    });
  };
  visit(schema);
  return found;
}

/** A copy with other references. */
function rewritten(value: unknown, refer: (reference: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, refer));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === "$ref" && typeof item === "string") return [key, refer(item)];
      if (key === "required" && Array.isArray(item)) return [key, [...item].sort()];
      if (key === "properties" && isObject(item)) return [key, propertiesOf(item, refer)];
      return [key, VALUES.has(key) ? item : rewritten(item, refer)];
    }),
  );
}

/** A property may have the name of a keyword. */
const propertiesOf = (properties: Definitions, refer: (reference: string) => string): Definitions =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, rewritten(schema, refer)]));

const decode = (name: string): string => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
const safe = (name: string): string => name.replaceAll(/[^\w.-]/g, "_");
