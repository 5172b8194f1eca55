/** A contract as types that Swift, Kotlin and Dart have in common. */
import { isObject, isOpen, SCHEMAS } from "../json-schema.ts";
import type { JsonSchema, Schemas } from "../json-schema.ts";
import type { Contract, ContractChannel } from "../model.ts";
import { camel, UniqueNames } from "../names.ts";

export type Type =
  | { readonly kind: "string" | "number" | "integer" | "boolean" | "any" }
  | { readonly kind: "list" | "map" | "nullable"; readonly of: Type }
  | { readonly kind: "named"; readonly name: string };

export interface Field {
  /** As in JSON. */
  readonly key: string;
  readonly type: Type;
  readonly isRequired: boolean;
}

export type Declaration =
  | { readonly kind: "object"; readonly name: string; readonly fields: readonly Field[] }
  | { readonly kind: "enum"; readonly name: string; readonly values: readonly string[] }
  | {
      readonly kind: "union";
      readonly name: string;
      /** The property that tells the variants apart. */
      readonly tag: string;
      readonly variants: readonly { readonly value: string; readonly type: string }[];
    };

export interface Event {
  readonly event: string;
  /** `NewMsg`. */
  readonly name: string;
  readonly payload: Type;
  /** Undefined: there is none, or it is not declared. */
  readonly reply?: Type | undefined;
}

export interface ChannelModel {
  /** `RoomChannel`. */
  readonly name: string;
  /** The topic in pieces: fixed texts and names of parts, by turns. */
  readonly topic: readonly string[];
  readonly join: Event;
  readonly events: readonly Event[];
  readonly pushes: readonly Event[];
}

export interface Models {
  readonly title: string;
  readonly declarations: readonly Declaration[];
  readonly channels: readonly ChannelModel[];
}

const ANY: Type = { kind: "any" };

/** Types of the languages and of their Phoenix clients that the written code uses. */
const TAKEN = [
  ...[
    "Any",
    "Bool",
    "Boolean",
    "Channel",
    "ContractError",
    "Double",
    "Error",
    "Int",
    "Json",
    "List",
    "Long",
    "Map",
    "NSNull",
  ],
  ...[
    "Number",
    "Object",
    "PhoenixChannel",
    "PhoenixSocket",
    "Push",
    "PushResponse",
    "Socket",
    "Stream",
    "String",
    "Unit",
  ],
];
/** What the class of a channel has of its own. */
const OWN = ["Channel", "Failed", "Told", "HashCode", "ToString", "RuntimeType", "NoSuchMethod"];

/** A name that all three languages take for a type. */
function typeName(text: string): string {
  const name = camel(text).replaceAll(/[^A-Za-z0-9]/g, "");
  return /^[A-Za-z]/.test(name) ? name : `T${name}`;
}

export function modelsOf(contract: Contract): Models {
  const builder = new Builder(contract.schemas);
  const channels = contract.sockets.flatMap((socket) => socket.channels.map((channel) => builder.channel(channel)));
  return { title: `${contract.title} ${contract.version}`, declarations: builder.declarations, channels };
}

class Builder {
  readonly declarations: Declaration[] = [];
  readonly #schemas: Schemas;
  readonly #names = new UniqueNames("");
  /** The names of named schemas. */
  readonly #given = new Map<string, string>();
  /** What they have become. */
  readonly #known = new Map<string, Type>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
    for (const name of TAKEN) this.#take(name);
    for (const name of Object.keys(schemas)) this.#given.set(name, this.#take(name));
  }

  channel({ pattern, join, events, pushes }: ContractChannel): ChannelModel {
    const base = camel(pattern);
    const isExact = (event: string) => !event.endsWith("*");
    const own = new UniqueNames("");
    for (const name of OWN) own.take(name);
    const sent = [join, ...events.filter(({ event }) => isExact(event))].map(({ event, payload, replies }): Event => {
      const name = own.take(event === "phx_join" ? "Join" : camel(event));
      const reply =
        replies.ok === undefined || isOpen(replies.ok) ? undefined : this.type(replies.ok, `${base}${name}Reply`);
      return { event, name, payload: this.type(payload, `${base}${name}`), reply };
    });
    const received = pushes.map(({ event, payload }): Event => {
      const name = own.take(`On${camel(event)}`);
      return { event, name, payload: this.type(payload, `${base}${camel(event)}Push`) };
    });
    const topic = pattern.replace(/\*$/, "{rest}").split(/\{(\w+)\}/);
    return {
      name: this.#take(`${base}Channel`),
      topic,
      join: sent[0] as Event,
      events: sent.slice(1),
      pushes: received,
    };
  }

  #take(name: string): string {
    return this.#names.take(typeName(name));
  }

  type(schema: JsonSchema | boolean, name: string): Type {
    if (typeof schema === "boolean" || isOpen(schema)) return ANY;
    const { $ref, anyOf, oneOf, allOf } = schema;
    if ($ref !== undefined) return this.#named($ref.slice(SCHEMAS.length));
    if (allOf !== undefined) return allOf.length === 1 ? this.type(allOf[0] as JsonSchema, name) : ANY;
    if (anyOf !== undefined || oneOf !== undefined) return this.#union(anyOf ?? oneOf ?? [], name);
    if (Array.isArray(schema.type)) {
      return this.#union(
        schema.type.map((type: string) => ({ ...schema, type })),
        name,
      );
    }
    const values = schema.enum ?? ("const" in schema ? [schema.const] : undefined);
    if (values !== undefined) return this.#values(values, name);
    return this.#plain(schema, name);
  }

  #plain(schema: JsonSchema, name: string): Type {
    const { type, items, properties, additionalProperties } = schema;
    if (type === "string" || type === "number" || type === "integer" || type === "boolean") return { kind: type };
    if (type === "array") {
      return { kind: "list", of: isObject(items) ? this.type(items as JsonSchema, `${name}Item`) : ANY };
    }
    if (type !== "object") return ANY;
    if (properties !== undefined && Object.keys(properties).length > 0) return this.#object(schema, this.#take(name));
    return {
      kind: "map",
      of: isObject(additionalProperties) ? this.type(additionalProperties as JsonSchema, `${name}Value`) : ANY,
    };
  }

  #object({ properties = {}, required = [] }: JsonSchema, name: string): Type {
    const fields = Object.entries(properties).map(([key, field]): Field => ({
      key,
      type: this.type(field, `${name}${camel(key)}`),
      isRequired: required.includes(key),
    }));
    return this.#declare({ kind: "object", name, fields });
  }

  #values(values: readonly unknown[], name: string): Type {
    const texts = values.filter((value): value is string => typeof value === "string");
    const isNullable = values.includes(null);
    if (texts.length !== values.length - (isNullable ? 1 : 0) || texts.length === 0) {
      const kinds = new Set(values.map((value) => typeof value));
      return kinds.size === 1 && kinds.has("number")
        ? { kind: "number" }
        : kinds.has("boolean") && kinds.size === 1
          ? { kind: "boolean" }
          : ANY;
    }
    // One value alone is what tells a variant from others, or may get company later.
    const type = this.#declare({ kind: "enum", name: this.#take(name), values: texts });
    return isNullable ? { kind: "nullable", of: type } : type;
  }

  #union(members: readonly (JsonSchema | boolean)[], name: string): Type {
    const others = members.filter((member) => !isObject(member) || member.type !== "null");
    if (others.length < members.length) {
      const type = this.#union(others, name);
      return type.kind === "any" || type.kind === "nullable" ? type : { kind: "nullable", of: type };
    }
    if (others.length === 1) return this.type(others[0] as JsonSchema, name);
    const resolved = others.map((member) => this.#resolve(member));
    const values = resolved.map((member) => member.enum ?? ("const" in member ? [member.const] : undefined));
    if (values.every((value) => value !== undefined)) return this.#values(values.flat(), name);
    const tag = tagOf(resolved);
    if (tag === undefined) return ANY;
    const union = this.#take(name);
    const variants = others.map((member, at) => {
      const value = constantOf(resolved[at] as JsonSchema, tag) as string;
      const type = this.type(member, `${union}${camel(value)}`);
      return { value, type: type.kind === "named" ? type.name : "" };
    });
    return this.#declare({ kind: "union", name: union, tag, variants });
  }

  #resolve(member: JsonSchema | boolean): JsonSchema {
    if (typeof member === "boolean") return {};
    return member.$ref === undefined ? member : (this.#schemas[member.$ref.slice(SCHEMAS.length)] ?? {});
  }

  #named(name: string): Type {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const schema = this.#schemas[name];
    if (schema === undefined) return ANY;
    const own = this.#given.get(name) ?? name;
    // A recursive type comes back to its own name.
    this.#known.set(name, schema.properties === undefined ? ANY : { kind: "named", name: own });
    const type = schema.properties === undefined ? this.type(schema, own) : this.#object(schema, own);
    this.#known.set(name, type);
    return type;
  }

  #declare(declaration: Declaration): Type {
    this.declarations.push(declaration);
    return { kind: "named", name: declaration.name };
  }
}

/** A property in which each of the objects has one text of its own. */
function tagOf(members: readonly JsonSchema[]): string | undefined {
  return Object.keys(members[0]?.properties ?? {}).find((name) => {
    const values = members.map((member) => (member.required?.includes(name) ? constantOf(member, name) : undefined));
    return values.every((value) => typeof value === "string") && new Set(values).size === members.length;
  });
}

function constantOf({ properties = {} }: JsonSchema, name: string): unknown {
  const property = properties[name];
  return isObject(property) ? property["const"] : undefined;
}
