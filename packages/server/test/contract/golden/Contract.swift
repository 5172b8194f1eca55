// Chat 1.0.0. Written by wingbeat contract models: change the server's schemas instead.

import Foundation
import SwiftPhoenixClient

/// A JSON object, as the client has it.
public typealias Json = [String: Any]

/// A message that does not look as the contract says.
public struct ContractError: Error {
    public let message: String
}

private func cast<T>(_ json: Any?, _ key: String) throws -> T {
    if let value = json as? T { return value }
    throw ContractError(message: "\(key) is \(String(describing: json))")
}

private func present(_ json: Any?) -> Any? {
    json is NSNull ? nil : json
}

public final class Message {
    public let answers: [Message]?
    public let body: String
    public let id: String

    public init(body: String, id: String, answers: [Message]? = nil) {
        self.answers = answers
        self.body = body
        self.id = id
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "Message")
        self.init(
            body: try cast(map["body"], "Message.body") as String,
            id: try cast(map["id"], "Message.id") as String,
            answers: try present(map["answers"]).map { try (cast($0, "Message.answers") as [Any]).map { try Message(json: $0) } }
        )
    }

    public var json: Json {
        var json: Json = [:]
        if let answers = answers { json["answers"] = answers.map { $0.json } }
        json["body"] = body
        json["id"] = id
        return json
    }
}

public final class RoomJoinReply {
    public let newest: [Message]

    public init(newest: [Message]) {
        self.newest = newest
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "RoomJoinReply")
        self.init(
            newest: try (cast(map["newest"], "RoomJoinReply.newest") as [Any]).map { try Message(json: $0) }
        )
    }

    public var json: Json {
        var json: Json = [:]
        json["newest"] = newest.map { $0.json }
        return json
    }
}

public final class RoomJoin {
    public let since: Int?

    public init(since: Int? = nil) {
        self.since = since
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "RoomJoin")
        self.init(
            since: try present(map["since"]).map { try cast($0, "RoomJoin.since") as Int }
        )
    }

    public var json: Json {
        var json: Json = [:]
        if let since = since { json["since"] = since }
        return json
    }
}

/// A text. `unknown` is one that a newer server sends.
public enum RoomSayTo: Equatable {
    case everyone
    case moderators
    case unknown(String)

    public init(json: Any?) throws {
        let value: String = try cast(json, "RoomSayTo")
        switch value {
        case "everyone": self = .everyone
        case "moderators": self = .moderators
        default: self = .unknown(value)
        }
    }

    public var json: String {
        switch self {
        case .everyone: return "everyone"
        case .moderators: return "moderators"
        case .unknown(let value): return value
        }
    }
}

public final class RoomSay {
    public let body: String
    public let class_: String?
    public let to: RoomSayTo

    public init(body: String, class_: String?, to: RoomSayTo) {
        self.body = body
        self.class_ = class_
        self.to = to
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "RoomSay")
        self.init(
            body: try cast(map["body"], "RoomSay.body") as String,
            class_: try present(map["class"]).map { try cast($0, "RoomSay.class") as String },
            to: try RoomSayTo(json: map["to"])
        )
    }

    public var json: Json {
        var json: Json = [:]
        json["body"] = body
        json["class"] = class_.map { $0 as Any } ?? NSNull()
        json["to"] = to.json
        return json
    }
}

/// A text. `unknown` is one that a newer server sends.
public enum RoomChangedPushTextKind: Equatable {
    case text
    case unknown(String)

    public init(json: Any?) throws {
        let value: String = try cast(json, "RoomChangedPushTextKind")
        switch value {
        case "text": self = .text
        default: self = .unknown(value)
        }
    }

    public var json: String {
        switch self {
        case .text: return "text"
        case .unknown(let value): return value
        }
    }
}

public final class RoomChangedPushText {
    public let kind: RoomChangedPushTextKind
    public let text: String

    public init(kind: RoomChangedPushTextKind, text: String) {
        self.kind = kind
        self.text = text
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "RoomChangedPushText")
        self.init(
            kind: try RoomChangedPushTextKind(json: map["kind"]),
            text: try cast(map["text"], "RoomChangedPushText.text") as String
        )
    }

    public var json: Json {
        var json: Json = [:]
        json["kind"] = kind.json
        json["text"] = text
        return json
    }
}

/// A text. `unknown` is one that a newer server sends.
public enum RoomChangedPushImageKind: Equatable {
    case image
    case unknown(String)

    public init(json: Any?) throws {
        let value: String = try cast(json, "RoomChangedPushImageKind")
        switch value {
        case "image": self = .image
        default: self = .unknown(value)
        }
    }

    public var json: String {
        switch self {
        case .image: return "image"
        case .unknown(let value): return value
        }
    }
}

public final class RoomChangedPushImage {
    public let kind: RoomChangedPushImageKind
    public let size: Int
    public let url: String

    public init(kind: RoomChangedPushImageKind, size: Int, url: String) {
        self.kind = kind
        self.size = size
        self.url = url
    }

    public convenience init(json: Any?) throws {
        let map: Json = try cast(json, "RoomChangedPushImage")
        self.init(
            kind: try RoomChangedPushImageKind(json: map["kind"]),
            size: try cast(map["size"], "RoomChangedPushImage.size") as Int,
            url: try cast(map["url"], "RoomChangedPushImage.url") as String
        )
    }

    public var json: Json {
        var json: Json = [:]
        json["kind"] = kind.json
        json["size"] = size
        json["url"] = url
        return json
    }
}

/// One of several objects, by `kind`. `unknown` is one that a newer server sends.
public indirect enum RoomChangedPush {
    case text(RoomChangedPushText)
    case image(RoomChangedPushImage)
    case unknown(Json)

    public init(json: Any?) throws {
        let map: Json = try cast(json, "RoomChangedPush")
        switch map["kind"] as? String {
        case "text": self = .text(try RoomChangedPushText(json: map))
        case "image": self = .image(try RoomChangedPushImage(json: map))
        default: self = .unknown(map)
        }
    }

    public var json: Json {
        switch self {
        case .text(let value): return value.json
        case .image(let value): return value.json
        case .unknown(let map): return map
        }
    }
}

/// `room:{id}`. A message that does not look as the contract says goes to `failed`.
public final class RoomChannel {
    public let channel: Channel
    public var failed: (Error) -> Void = { _ in }

    public init(socket: Socket, id: String, payload: RoomJoin) {
        channel = socket.channel("room:\(id)", params: payload.json)
    }

    private func told<T>(_ json: Json, _ read: (Any?) throws -> T, _ heard: (T) -> Void) {
        do { heard(try read(json)) } catch { failed(error) }
    }

    @discardableResult public func join(ok: @escaping (RoomJoinReply) -> Void = { _ in }) -> Push {
        channel.join().receive("ok") { message in self.told(message.payload, { try RoomJoinReply(json: $0) }, ok) }
    }

    @discardableResult public func ping(_ payload: Any?) -> Push {
        channel.push("ping", payload: payload as? Json ?? [:])
    }

    @discardableResult public func say(_ payload: RoomSay, ok: @escaping (Message) -> Void = { _ in }) -> Push {
        channel.push("say", payload: payload.json).receive("ok") { message in self.told(message.payload, { try Message(json: $0) }, ok) }
    }

    @discardableResult public func onChanged(_ heard: @escaping (RoomChangedPush) -> Void) -> Int {
        channel.on("changed") { message in
            self.told(message.payload, { try RoomChangedPush(json: $0) }, heard)
        }
    }

    @discardableResult public func onCounts(_ heard: @escaping ([String: Double]) -> Void) -> Int {
        channel.on("counts") { message in
            self.told(message.payload, { try (cast($0, "counts") as Json).mapValues { try cast($0, "counts") as Double } }, heard)
        }
    }

    @discardableResult public func onNewMsg(_ heard: @escaping (Message) -> Void) -> Int {
        channel.on("new_msg") { message in
            self.told(message.payload, { try Message(json: $0) }, heard)
        }
    }
}
