/** Schemas of what the page and `wingbeat top` send: nothing else reaches the views. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ConnectionKey, InspectorAction, QueryOf, TapTarget, ViewName } from "./model.ts";

/** How long a name may be that is searched for, in characters. */
export const MAX_NAME = 1_024;
/** How often a view may be sent, in ms. */
export const EVERY = { least: 1_000, default: 2_000, most: 10_000 } as const;

/** Returns the value, or throws why not. */
type Read<T> = (value: unknown) => T;
type Fields = Readonly<Record<string, unknown>>;

const schema = <T>(read: Read<T>): StandardSchemaV1<T, T> => ({
  "~standard": {
    version: 1,
    vendor: "wingbeat",
    validate: (value) => {
      try {
        return { value: read(value) };
      } catch (error) {
        return { issues: [{ message: (error as Error).message }] };
      }
    },
  },
});

function wrong(what: string): never {
  throw new TypeError(what);
}

/** An object that has no other fields than these. */
function fieldsOf(value: unknown, allowed: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong("must be an object");
  const other = Object.keys(value).find((key) => !allowed.includes(key));
  if (other !== undefined) wrong(`has no field ${JSON.stringify(other.slice(0, 40))}: it has ${allowed.join(", ")}`);
  return value as Fields;
}

function nameIn(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value === "string" && value.length <= MAX_NAME) return value;
  return wrong(`${field} must be a string of at most ${MAX_NAME} characters`);
}

/** The field as it is, if there is one and it is a name. */
function optionalName<Field extends string>(fields: Fields, field: Field): { readonly [F in Field]?: string } {
  if (fields[field] === undefined) return {};
  return { [field]: nameIn(fields, field) } as { readonly [F in Field]?: string };
}

function sortIn<Sort extends string>(fields: Fields, sorts: readonly Sort[]): { readonly sort?: Sort } {
  const { sort } = fields;
  if (sort === undefined) return {};
  return sorts.includes(sort as Sort) ? { sort: sort as Sort } : wrong(`sort must be one of ${sorts.join(", ")}`);
}

const readNothing = (value: unknown): Record<string, never> => fieldsOf(value, []) as Record<string, never>;

function readKey(value: unknown): ConnectionKey {
  const fields = fieldsOf(value, ["node", "key"]);
  const { key } = fields;
  if (!Number.isSafeInteger(key)) wrong("key must be a whole number");
  return { node: nameIn(fields, "node"), key: key as number };
}

const READ: { readonly [View in ViewName]: Read<QueryOf<View>> } = {
  overview: readNothing,
  doors: readNothing,
  connections: (value) => {
    const fields = fieldsOf(value, ["id", "node", "sort"]);
    const sort = sortIn(fields, ["newest", "buffered", "channels"] as const);
    return { ...optionalName(fields, "id"), ...optionalName(fields, "node"), ...sort };
  },
  connection: readKey,
  topics: (value) => {
    const fields = fieldsOf(value, ["topic", "sort"]);
    return { ...optionalName(fields, "topic"), ...sortIn(fields, ["subscribers", "rate"] as const) };
  },
  topic: (value) => ({ topic: nameIn(fieldsOf(value, ["topic"]), "topic") }),
  events: readNothing,
  errors: readNothing,
  pressure: readNothing,
  presence: readNothing,
  history: readNothing,
  cluster: readNothing,
};

export const isView = (name: string): name is ViewName => Object.hasOwn(READ, name);

/** Reads the query of a snapshot. Throws a `TypeError` that says what is wrong. */
export function readQuery<View extends ViewName>(view: View, value: unknown): QueryOf<View> {
  return READ[view](value);
}

export const querySchema = <View extends ViewName>(view: View): StandardSchemaV1<QueryOf<View>, QueryOf<View>> =>
  schema(READ[view]);

/** What a view is joined with. `every`: ms between two answers. */
export interface ViewJoin<View extends ViewName> {
  readonly query: QueryOf<View>;
  readonly every?: number;
}

export const viewJoinSchema = <View extends ViewName>(view: View): StandardSchemaV1<ViewJoin<View>, ViewJoin<View>> =>
  schema((value) => {
    const { query, every } = fieldsOf(value, ["query", "every"]);
    if (every === undefined) return { query: READ[view](query) };
    const isInRange = Number.isInteger(every) && (every as number) >= EVERY.least && (every as number) <= EVERY.most;
    if (!isInRange) wrong(`every must be a whole number of ms from ${EVERY.least} to ${EVERY.most}`);
    return { query: READ[view](query), every: every as number };
  });

/** What a tap is joined with. `reveal`: with payloads, which needs the right `payloads`. */
export interface TapJoin {
  readonly target: TapTarget;
  readonly reveal?: boolean;
}

export const tapJoinSchema: StandardSchemaV1<TapJoin, TapJoin> = schema((value) => {
  const { target, reveal } = fieldsOf(value, ["target", "reveal"]);
  if (reveal === undefined) return { target: readTarget(target) };
  if (typeof reveal !== "boolean") wrong("reveal must be true or false");
  return { target: readTarget(target), reveal };
});

function readTarget(value: unknown): TapTarget {
  const fields = fieldsOf(value, ["connection", "topic", "id"]);
  if (Object.keys(fields).length !== 1) wrong("target must have one of connection, topic, id");
  if ("connection" in fields) return { connection: readKey(fields["connection"]) };
  return "topic" in fields ? { topic: nameIn(fields, "topic") } : { id: nameIn(fields, "id") };
}

export const actionSchema: StandardSchemaV1<InspectorAction, InspectorAction> = schema((value) => {
  const fields = fieldsOf(value, ["action", "connection", "id"]);
  switch (fields["action"]) {
    case "disconnect":
      fieldsOf(value, ["action", "connection"]);
      return { action: "disconnect", connection: readKey(fields["connection"]) };
    case "disconnect_id":
      fieldsOf(value, ["action", "id"]);
      return { action: "disconnect_id", id: nameIn(fields, "id") };
    default:
      return wrong("action must be disconnect or disconnect_id");
  }
});
