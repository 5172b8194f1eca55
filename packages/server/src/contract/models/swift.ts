/** Models for Swift, and typed channels on SwiftPhoenixClient. */
import type { ChannelModel, Event, Field, Models, Type } from "./types.ts";
import { lines, lower, namesFor, quoted as text } from "./writing.ts";
import type { Of } from "./writing.ts";

const RESERVED = new Set(
  "as associatedtype break case catch class continue default defer deinit do else enum extension fallthrough false fileprivate for func guard if import in init inout internal is let nil open operator private protocol public repeat rethrows return self static struct subscript super switch throw throws true try typealias var where while json".split(
    " ",
  ),
);

export function swift({ title, declarations, channels }: Models): string {
  const parts = declarations.map((one) =>
    one.kind === "object" ? objectOf(one) : one.kind === "enum" ? enumOf(one) : unionOf(one),
  );
  const head = `// ${title.replaceAll(/\s+/g, " ")}. Written by wingbeat contract models: change the server's schemas instead.`;
  return `${[head, HEAD, ...parts, ...channels.map(channelOf)].join("\n\n")}\n`;
}

const HEAD = `import Foundation
import SwiftPhoenixClient

/// A JSON object, as the client has it.
public typealias Json = [String: Any]

/// A message that does not look as the contract says.
public struct ContractError: Error {
    public let message: String
}

private func cast<T>(_ json: Any?, _ key: String) throws -> T {
    if let value = json as? T { return value }
    throw ContractError(message: "\\(key) is \\(String(describing: json))")
}

private func present(_ json: Any?) -> Any? {
    json is NSNull ? nil : json
}`;

function nameOf(type: Type): string {
  switch (type.kind) {
    case "string":
      return "String";
    case "number":
      return "Double";
    case "integer":
      return "Int";
    case "boolean":
      return "Bool";
    case "list":
      return `[${nameOf(type.of)}]`;
    case "map":
      return `[String: ${nameOf(type.of)}]`;
    case "nullable":
      return `${nameOf(type.of).replace(/\?$/, "")}?`;
    case "named":
      return type.name;
    case "any":
      return "Any?";
  }
}

/** `key` is for errors. */
function decoded(type: Type, from: string, key: string): string {
  switch (type.kind) {
    case "list":
      return `try (cast(${from}, ${key}) as [Any]).map { ${decoded(type.of, "$0", key)} }`;
    case "map":
      return `try (cast(${from}, ${key}) as Json).mapValues { ${decoded(type.of, "$0", key)} }`;
    case "nullable":
      return `try present(${from}).map { ${decoded(type.of, "$0", key)} }`;
    case "named":
      return `try ${type.name}(json: ${from})`;
    case "any":
      return `present(${from})`;
    default:
      return `try cast(${from}, ${key})${type.kind === "string" ? " as String" : ` as ${nameOf(type)}`}`;
  }
}

function encoded(type: Type, from: string): string {
  switch (type.kind) {
    case "list":
      return `${from}.map { ${encoded(type.of, "$0")} }`;
    case "map":
      return `${from}.mapValues { ${encoded(type.of, "$0")} }`;
    case "nullable":
      return `${from}.map { ${encoded(type.of, "$0")} as Any } ?? NSNull()`;
    case "named":
      return `${from}.json`;
    case "any":
      return `${from} ?? NSNull()`;
    default:
      return from;
  }
}

const optional = (type: Type): Type =>
  type.kind === "nullable" || type.kind === "any" ? type : { kind: "nullable", of: type };
const typeOf = ({ type, isRequired }: Field): Type => (isRequired ? type : optional(type));

/** A class, because a struct cannot have a field of its own type. */
function objectOf({ name, fields }: Of<"object">): string {
  const named = namesFor(fields, ({ key }) => lower(key, RESERVED));
  const ordered = [...named.filter(([, field]) => field.isRequired), ...named.filter(([, field]) => !field.isRequired)];
  return lines(
    `public final class ${name} {`,
    named.map(([own, field]) => `    public let ${own}: ${nameOf(typeOf(field))}`),
    "",
    `    public init(${ordered.map(([own, field]) => `${own}: ${nameOf(typeOf(field))}${field.isRequired ? "" : " = nil"}`).join(", ")}) {`,
    named.map(([own]) => `        self.${own} = ${own}`),
    "    }",
    "",
    "    public convenience init(json: Any?) throws {",
    `        let map: Json = try cast(json, ${text(name)})`,
    `        self.init(`,
    ordered
      .map(
        ([own, field]) =>
          `            ${own}: ${decoded(typeOf(field), `map[${text(field.key)}]`, text(`${name}.${field.key}`))}`,
      )
      .join(",\n"),
    "        )",
    "    }",
    "",
    "    public var json: Json {",
    "        var json: Json = [:]",
    named.map(([own, { key, type, isRequired }]) =>
      isRequired
        ? `        json[${text(key)}] = ${encoded(type, own)}`
        : `        if let ${own} = ${own} { json[${text(key)}] = ${encoded(type.kind === "nullable" ? type.of : type.kind === "any" ? { kind: "string" } : type, own)} }`,
    ),
    "        return json",
    "    }",
    "}",
  );
}

function enumOf({ name, values }: Of<"enum">): string {
  const named = namesFor(["unknown", ...values], (value) => lower(value, RESERVED)).slice(1);
  return lines(
    `/// A text. \`unknown\` is one that a newer server sends.`,
    `public enum ${name}: Equatable {`,
    named.map(([own]) => `    case ${own}`),
    "    case unknown(String)",
    "",
    "    public init(json: Any?) throws {",
    `        let value: String = try cast(json, ${text(name)})`,
    "        switch value {",
    named.map(([own, value]) => `        case ${text(value)}: self = .${own}`),
    "        default: self = .unknown(value)",
    "        }",
    "    }",
    "",
    "    public var json: String {",
    "        switch self {",
    named.map(([own, value]) => `        case .${own}: return ${text(value)}`),
    "        case .unknown(let value): return value",
    "        }",
    "    }",
    "}",
  );
}

function unionOf({ name, tag, variants }: Of<"union">): string {
  const named = namesFor([{ value: "unknown", type: "" }, ...variants], ({ value }) => lower(value, RESERVED)).slice(1);
  return lines(
    `/// One of several objects, by \`${tag}\`. \`unknown\` is one that a newer server sends.`,
    `public indirect enum ${name} {`,
    named.map(([own, { type }]) => `    case ${own}(${type})`),
    "    case unknown(Json)",
    "",
    "    public init(json: Any?) throws {",
    `        let map: Json = try cast(json, ${text(name)})`,
    `        switch map[${text(tag)}] as? String {`,
    named.map(([own, { value, type }]) => `        case ${text(value)}: self = .${own}(try ${type}(json: map))`),
    "        default: self = .unknown(map)",
    "        }",
    "    }",
    "",
    "    public var json: Json {",
    "        switch self {",
    named.map(([own]) => `        case .${own}(let value): return value.json`),
    "        case .unknown(let map): return map",
    "        }",
    "    }",
    "}",
  );
}

const sent = (type: Type): string =>
  type.kind === "map" || type.kind === "named" ? encoded(type, "payload") : "payload as? Json ?? [:]";

function channelOf({ name, topic, join, events, pushes }: ChannelModel): string {
  const parts = topic.filter((_, at) => at % 2 === 1).map((part) => lower(part, RESERVED));
  const built = topic
    .map((piece, at) => (at % 2 === 1 ? `\\(${lower(piece, RESERVED)})` : text(piece).slice(1, -1)))
    .join("");
  const parameters = parts.map((part) => `${part}: String, `).join("");
  return lines(
    `/// \`${topic.map((piece, at) => (at % 2 === 1 ? `{${piece}}` : piece)).join("")}\`. A message that does not look as the contract says goes to \`failed\`.`,
    `public final class ${name} {`,
    "    public let channel: Channel",
    "    public var failed: (Error) -> Void = { _ in }",
    "",
    `    public init(socket: Socket, ${parameters}payload: ${nameOf(join.payload)}) {`,
    `        channel = socket.channel("${built}", params: ${sent(join.payload)})`,
    "    }",
    "",
    "    private func told<T>(_ json: Json, _ read: (Any?) throws -> T, _ heard: (T) -> Void) {",
    "        do { heard(try read(json)) } catch { failed(error) }",
    "    }",
    "",
    `    @discardableResult public func join(${handler(join)}) -> Push {`,
    `        channel.join()${received(join)}`,
    "    }",
    events.map((event) =>
      lines(
        "",
        `    @discardableResult public func ${lower(event.name, RESERVED)}(_ payload: ${nameOf(event.payload)}${handler(event) === "" ? "" : `, ${handler(event)}`}) -> Push {`,
        `        channel.push(${text(event.event)}, payload: ${sent(event.payload)})${received(event)}`,
        "    }",
      ),
    ),
    pushes.map((push) =>
      lines(
        "",
        `    @discardableResult public func ${lower(push.name, RESERVED)}(_ heard: @escaping (${nameOf(push.payload)}) -> Void) -> Int {`,
        `        channel.on(${text(push.event)}) { message in`,
        `            self.told(message.payload, { ${decoded(push.payload, "$0", text(push.event))} }, heard)`,
        "        }",
        "    }",
      ),
    ),
    "}",
  );
}

const handler = ({ reply }: Event): string =>
  reply === undefined ? "" : `ok: @escaping (${nameOf(reply)}) -> Void = { _ in }`;
const received = ({ reply, event }: Event): string =>
  reply === undefined
    ? ""
    : `.receive("ok") { message in self.told(message.payload, { ${decoded(reply, "$0", text(event))} }, ok) }`;
