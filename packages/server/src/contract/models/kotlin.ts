/** Models for Kotlin, and typed channels on JavaPhoenixClient (`org.phoenixframework`). */
import type { ChannelModel, Event, Field, Models, Type } from "./types.ts";
import { lines, lower, namesFor, quotedDollar as text, upper } from "./writing.ts";
import type { Of } from "./writing.ts";

const RESERVED = new Set(
  "as break class continue do else false for fun if in interface is null object package return super this throw true try typealias typeof val var when while json".split(
    " ",
  ),
);

export function kotlin({ title, declarations, channels }: Models): string {
  const parts = declarations.map((one) =>
    one.kind === "object" ? objectOf(one) : one.kind === "enum" ? enumOf(one) : unionOf(one),
  );
  return `${[`// ${title.replaceAll(/\s+/g, " ")}. Written by wingbeat contract models: change the server's schemas instead.`, HEAD, ...parts, ...channels.map(channelOf)].join("\n\n")}\n`;
}

const HEAD = `@file:Suppress("UNCHECKED_CAST", "unused", "ClassName", "ObjectPropertyName")

package wingbeat.contract

import org.phoenixframework.Channel
import org.phoenixframework.Push
import org.phoenixframework.Socket

/** A JSON object, as the client has it. */
typealias Json = Map<String, Any?>

private fun objectIn(json: Any?): Json = json as? Json ?: emptyMap()
private fun <T> listIn(json: Any?, item: (Any?) -> T): List<T> = (json as? List<Any?> ?: emptyList()).map(item)
private fun <T> mapIn(json: Any?, value: (Any?) -> T): Map<String, T> = objectIn(json).mapValues { value(it.value) }`;

function nameOf(type: Type): string {
  switch (type.kind) {
    case "string":
      return "String";
    case "number":
      return "Double";
    case "integer":
      return "Long";
    case "boolean":
      return "Boolean";
    case "list":
      return `List<${nameOf(type.of)}>`;
    case "map":
      return `Map<String, ${nameOf(type.of)}>`;
    case "nullable":
      return `${nameOf(type.of).replace(/\?$/, "")}?`;
    case "named":
      return type.name;
    case "any":
      return "Any?";
  }
}

function decoded(type: Type, from: string): string {
  switch (type.kind) {
    case "string":
    case "boolean":
      return `${from} as ${nameOf(type)}`;
    case "number":
      return `(${from} as Number).toDouble()`;
    case "integer":
      return `(${from} as Number).toLong()`;
    case "list":
      return `listIn(${from}) { ${decoded(type.of, "it")} }`;
    case "map":
      return `mapIn(${from}) { ${decoded(type.of, "it")} }`;
    case "nullable":
      return `${from}?.let { ${decoded(type.of, "it")} }`;
    case "named":
      return `${type.name}.fromJson(${from})`;
    case "any":
      return from;
  }
}

function encoded(type: Type, from: string): string {
  switch (type.kind) {
    case "list":
      return `${from}.map { ${encoded(type.of, "it")} }`;
    case "map":
      return `${from}.mapValues { ${encoded(type.of, "it.value")} }`;
    case "nullable":
      return isPlain(type.of) ? from : `${from}?.let { ${encoded(type.of, "it")} }`;
    case "named":
      return `${from}.toJson()`;
    default:
      return from;
  }
}

const isPlain = ({ kind }: Type): boolean =>
  kind !== "list" && kind !== "map" && kind !== "named" && kind !== "nullable";
const optional = (type: Type): Type =>
  type.kind === "nullable" || type.kind === "any" ? type : { kind: "nullable", of: type };
const typeOf = ({ type, isRequired }: Field): Type => (isRequired ? type : optional(type));

function objectOf({ name, fields }: Of<"object">): string {
  const named = namesFor(fields, ({ key }) => lower(key, RESERVED));
  const ordered = [...named.filter(([, field]) => field.isRequired), ...named.filter(([, field]) => !field.isRequired)];
  return lines(
    `data class ${name}(`,
    ordered
      .map(([own, field]) => `    val ${own}: ${nameOf(typeOf(field))}${field.isRequired ? "" : " = null"},`)
      .join("\n")
      .replace(/,$/, ""),
    ") {",
    "    fun toJson(): Json {",
    "        val json = mutableMapOf<String, Any?>()",
    named.map(([own, field]) =>
      field.isRequired
        ? `        json[${text(field.key)}] = ${encoded(field.type, own)}`
        : `        if (${own} != null) json[${text(field.key)}] = ${encoded(field.type.kind === "nullable" ? field.type.of : field.type, own)}`,
    ),
    "        return json",
    "    }",
    "",
    "    companion object {",
    `        fun fromJson(json: Any?): ${name} {`,
    "            val map = objectIn(json)",
    `            return ${name}(`,
    named
      .map(([own, field]) => `                ${own} = ${decoded(typeOf(field), `map[${text(field.key)}]`)},`)
      .join("\n")
      .replace(/,$/, ""),
    "            )",
    "        }",
    "    }",
    "}",
  );
}

function enumOf({ name, values }: Of<"enum">): string {
  const named = namesFor(values, (value) => upper(value));
  return lines(
    `/** A text. \`Unknown\` is one that a newer server sends. */`,
    `sealed class ${name} {`,
    "    abstract val value: String",
    named.map(
      ([own, value]) =>
        `    object ${own}${own === "Unknown" ? "_" : ""} : ${name}() { override val value = ${text(value)} }`,
    ),
    `    data class Unknown(override val value: String) : ${name}()`,
    "",
    "    fun toJson(): String = value",
    "",
    "    companion object {",
    `        fun fromJson(json: Any?): ${name} = when (json) {`,
    named.map(([own, value]) => `            ${text(value)} -> ${own}${own === "Unknown" ? "_" : ""}`),
    "            else -> Unknown(json.toString())",
    "        }",
    "    }",
    "}",
  );
}

function unionOf({ name, tag, variants }: Of<"union">): string {
  const named = namesFor(variants, ({ value }) => `As${upper(value)}`);
  return lines(
    `/** One of several objects, by \`${tag}\`. \`Unknown\` is one that a newer server sends. */`,
    `sealed class ${name} {`,
    named.map(([own, { type }]) => `    data class ${own}(val value: ${type}) : ${name}()`),
    `    data class Unknown(val json: Json) : ${name}()`,
    "",
    "    fun toJson(): Json = when (this) {",
    named.map(([own]) => `        is ${own} -> value.toJson()`),
    "        is Unknown -> json",
    "    }",
    "",
    "    companion object {",
    `        fun fromJson(json: Any?): ${name} = when (objectIn(json)[${text(tag)}]) {`,
    named.map(([own, { value, type }]) => `            ${text(value)} -> ${own}(${type}.fromJson(json))`),
    "            else -> Unknown(objectIn(json))",
    "        }",
    "    }",
    "}",
  );
}

/** The payload of a message is a JSON object; other payloads cannot be sent by this client. */
const sent = (type: Type): string => (isSendable(type) ? encoded(type, "payload") : "objectIn(payload)");
const isSendable = (type: Type): boolean => type.kind === "map" || type.kind === "named";

function channelOf({ name, topic, join, events, pushes }: ChannelModel): string {
  const parts = topic.filter((_, at) => at % 2 === 1).map((part) => lower(part, RESERVED));
  const built = topic
    .map((piece, at) => (at % 2 === 1 ? `\${${lower(piece, RESERVED)}}` : text(piece).slice(1, -1)))
    .join("");
  const parameters = parts.map((part) => `${part}: String, `).join("");
  return lines(
    `/** \`${topic.map((piece, at) => (at % 2 === 1 ? `{${piece}}` : piece)).join("")}\` */`,
    `class ${name}(val channel: Channel) {`,
    `    constructor(socket: Socket, ${parameters}payload: ${nameOf(join.payload)}) : this(socket.channel("${built}", ${sent(join.payload)}))`,
    "",
    `    fun join(${handler(join)}): Push = channel.join()${received(join)}`,
    events.map(
      (event) =>
        `    fun ${lower(event.name, RESERVED)}(payload: ${nameOf(event.payload)}${handler(event) === "" ? "" : `, ${handler(event)}`}): Push =\n        channel.push(${text(event.event)}, ${sent(event.payload)})${received(event)}`,
    ),
    pushes.map(
      (push) =>
        `    fun ${lower(push.name, RESERVED)}(heard: (${nameOf(push.payload)}) -> Unit): Int =\n        channel.on(${text(push.event)}) { heard(${decoded(push.payload, "it.payload")}) }`,
    ),
    "}",
  );
}

const handler = ({ reply }: Event): string => (reply === undefined ? "" : `ok: (${nameOf(reply)}) -> Unit = {}`);
const received = ({ reply }: Event): string =>
  reply === undefined ? "" : `.receive("ok") { ok(${decoded(reply, "it.payload")}) }`;
