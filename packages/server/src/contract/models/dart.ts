/** Models for Dart, and typed channels on phoenix_socket. */
import type { ChannelModel, Event, Field, Models, Type } from "./types.ts";
import { lines, lower, namesFor, quotedDollar as text, upper } from "./writing.ts";
import type { Of } from "./writing.ts";

const RESERVED = new Set(
  "assert break case catch class const continue default do else enum extends false final finally for if in is new null rethrow return super switch this throw true try var void while with json map toJson hashCode runtimeType toString noSuchMethod".split(
    " ",
  ),
);

export function dart({ title, declarations, channels }: Models): string {
  const parts = declarations.map((one) =>
    one.kind === "object" ? objectOf(one) : one.kind === "enum" ? enumOf(one) : unionOf(one),
  );
  const head = `// ${title.replaceAll(/\s+/g, " ")}. Written by wingbeat contract models: change the server's schemas instead.`;
  return `${[head, HEAD, ...parts, ...channels.map(channelOf)].join("\n\n")}\n`;
}

const HEAD = `import 'package:phoenix_socket/phoenix_socket.dart';

/// A JSON object, as the client has it.
typedef Json = Map<String, dynamic>;

Json _object(dynamic json) => Map<String, dynamic>.from(json as Map);`;

function nameOf(type: Type): string {
  switch (type.kind) {
    case "string":
      return "String";
    case "number":
      return "double";
    case "integer":
      return "int";
    case "boolean":
      return "bool";
    case "list":
      return `List<${nameOf(type.of)}>`;
    case "map":
      return `Map<String, ${nameOf(type.of)}>`;
    case "nullable":
      return `${nameOf(type.of).replace(/\?$/, "")}?`;
    case "named":
      return type.name;
    case "any":
      return "Object?";
  }
}

function decoded(type: Type, from: string): string {
  switch (type.kind) {
    case "number":
      return `(${from} as num).toDouble()`;
    case "integer":
      return `(${from} as num).toInt()`;
    case "list":
      return `(${from} as List).map((item) => ${decoded(type.of, "item")}).toList()`;
    case "map":
      return `_object(${from}).map((key, value) => MapEntry(key, ${decoded(type.of, "value")}))`;
    case "nullable":
      return `${from} == null ? null : ${decoded(type.of, from)}`;
    case "named":
      return `${type.name}.fromJson(${from})`;
    case "any":
      return from;
    default:
      return `${from} as ${nameOf(type)}`;
  }
}

function encoded(type: Type, from: string): string {
  switch (type.kind) {
    case "list":
      return `${from}.map((item) => ${encoded(type.of, "item")}).toList()`;
    case "map":
      return `${from}.map((key, value) => MapEntry(key, ${encoded(type.of, "value")}))`;
    case "nullable":
      return isPlain(type.of) ? from : `${from} == null ? null : ${encoded(type.of, `${from}!`)}`;
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
  return lines(
    `class ${name} {`,
    named.map(([own, field]) => `  final ${nameOf(typeOf(field))} ${own};`),
    "",
    `  const ${name}({${named.map(([own, { isRequired }]) => `${isRequired ? "required " : ""}this.${own}`).join(", ")}});`,
    "",
    `  factory ${name}.fromJson(dynamic json) {`,
    "    final map = _object(json);",
    `    return ${name}(`,
    named.map(([own, field]) => `      ${own}: ${decoded(typeOf(field), `map[${text(field.key)}]`)},`),
    "    );",
    "  }",
    "",
    "  Json toJson() => {",
    named.map(([own, { key, type, isRequired }]) => {
      if (isRequired) return `        ${text(key)}: ${encoded(type, own)},`;
      const value = type.kind === "nullable" ? type.of : type;
      return `        if (${own} != null) ${text(key)}: ${encoded(value, isPlain(value) ? own : `${own}!`)},`;
    }),
    "      };",
    "}",
  );
}

/** A class and not an enum, because it keeps a text that it does not know. */
function enumOf({ name, values }: Of<"enum">): string {
  const named = namesFor(["value", "known", "isKnown", ...values], (value) => lower(value, RESERVED)).slice(3);
  return lines(
    `/// A text. It may be one that a newer server sends: [isKnown] is then false.`,
    `class ${name} {`,
    "  final String value;",
    "",
    `  const ${name}(this.value);`,
    "",
    named.map(([own, value]) => `  static const ${own} = ${name}(${text(value)});`),
    `  static const known = [${named.map(([own]) => own).join(", ")}];`,
    "",
    "  bool get isKnown => known.contains(this);",
    "",
    `  factory ${name}.fromJson(dynamic json) => ${name}(json as String);`,
    "",
    "  String toJson() => value;",
    "",
    "  @override",
    `  bool operator ==(Object other) => other is ${name} && other.value == value;`,
    "",
    "  @override",
    "  int get hashCode => value.hashCode;",
    "}",
  );
}

function unionOf({ name, tag, variants }: Of<"union">): string {
  const named = namesFor(variants, ({ value }) => `${name}As${upper(value)}`);
  return lines(
    `/// One of several objects, by \`${tag}\`. [${name}Unknown] is one that a newer server sends.`,
    `sealed class ${name} {`,
    `  const ${name}();`,
    "",
    `  factory ${name}.fromJson(dynamic json) {`,
    "    final map = _object(json);",
    `    switch (map[${text(tag)}]) {`,
    named.map(([own, { value, type }]) =>
      lines(`      case ${text(value)}:`, `        return ${own}(${type}.fromJson(map));`),
    ),
    "      default:",
    `        return ${name}Unknown(map);`,
    "    }",
    "  }",
    "",
    "  Json toJson();",
    "}",
    named.map(([own, { type }]) =>
      lines(
        "",
        `class ${own} extends ${name} {`,
        `  final ${type} value;`,
        `  const ${own}(this.value);`,
        "",
        "  @override",
        "  Json toJson() => value.toJson();",
        "}",
      ),
    ),
    "",
    `class ${name}Unknown extends ${name} {`,
    "  final Json json;",
    `  const ${name}Unknown(this.json);`,
    "",
    "  @override",
    "  Json toJson() => json;",
    "}",
  );
}

const sent = (type: Type): string =>
  type.kind === "map" || type.kind === "named" ? encoded(type, "payload") : "_object(payload ?? const {})";

function channelOf({ name, topic, join, events, pushes }: ChannelModel): string {
  const parts = topic.filter((_, at) => at % 2 === 1).map((part) => lower(part, RESERVED));
  const built = topic
    .map((piece, at) => (at % 2 === 1 ? `\${${lower(piece, RESERVED)}}` : text(piece).slice(1, -1)))
    .join("");
  const parameters = parts.map((part) => `required String ${part}, `).join("");
  return lines(
    `/// \`${topic.map((piece, at) => (at % 2 === 1 ? `{${piece}}` : piece)).join("")}\``,
    `class ${name} {`,
    "  final PhoenixChannel channel;",
    "",
    `  const ${name}(this.channel);`,
    "",
    `  factory ${name}.on(PhoenixSocket socket, {${parameters}required ${nameOf(join.payload)} payload}) =>`,
    `      ${name}(socket.addChannel(topic: "${built}", parameters: ${sent(join.payload)}));`,
    "",
    `  ${answer(join)} join() => channel.join().future${received(join)};`,
    events.map((event) =>
      lines(
        "",
        `  ${answer(event)} ${lower(event.name, RESERVED)}(${nameOf(event.payload)} payload) =>`,
        `      channel.push(${text(event.event)}, ${sent(event.payload)}).future${received(event)};`,
      ),
    ),
    pushes.map((push) =>
      lines(
        "",
        `  Stream<${nameOf(push.payload)}> get ${lower(push.name, RESERVED)} => channel.messages`,
        `      .where((message) => message.event.value == ${text(push.event)})`,
        `      .map((message) => ${decoded(push.payload, "message.payload")});`,
      ),
    ),
    "}",
  );
}

/** A refusal is a `PushResponse`, thrown. */
const answer = ({ reply }: Event): string => `Future<${reply === undefined ? "PushResponse" : nameOf(reply)}>`;
const received = ({ reply }: Event): string =>
  reply === undefined ? "" : `.then((answer) => answer.isOk ? ${decoded(reply, "answer.response")} : throw answer)`;
