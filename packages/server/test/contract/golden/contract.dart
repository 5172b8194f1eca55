// Chat 1.0.0. Written by wingbeat contract models: change the server's schemas instead.

import 'package:phoenix_socket/phoenix_socket.dart';

/// A JSON object, as the client has it.
typedef Json = Map<String, dynamic>;

Json _object(dynamic json) => Map<String, dynamic>.from(json as Map);

class Message {
  final List<Message>? answers;
  final String body;
  final String id;

  const Message({this.answers, required this.body, required this.id});

  factory Message.fromJson(dynamic json) {
    final map = _object(json);
    return Message(
      answers: map["answers"] == null ? null : (map["answers"] as List).map((item) => Message.fromJson(item)).toList(),
      body: map["body"] as String,
      id: map["id"] as String,
    );
  }

  Json toJson() => {
        if (answers != null) "answers": answers!.map((item) => item.toJson()).toList(),
        "body": body,
        "id": id,
      };
}

class RoomJoinReply {
  final List<Message> newest;

  const RoomJoinReply({required this.newest});

  factory RoomJoinReply.fromJson(dynamic json) {
    final map = _object(json);
    return RoomJoinReply(
      newest: (map["newest"] as List).map((item) => Message.fromJson(item)).toList(),
    );
  }

  Json toJson() => {
        "newest": newest.map((item) => item.toJson()).toList(),
      };
}

class RoomJoin {
  final int? since;

  const RoomJoin({this.since});

  factory RoomJoin.fromJson(dynamic json) {
    final map = _object(json);
    return RoomJoin(
      since: map["since"] == null ? null : (map["since"] as num).toInt(),
    );
  }

  Json toJson() => {
        if (since != null) "since": since,
      };
}

/// A text. It may be one that a newer server sends: [isKnown] is then false.
class RoomSayTo {
  final String value;

  const RoomSayTo(this.value);

  static const everyone = RoomSayTo("everyone");
  static const moderators = RoomSayTo("moderators");
  static const known = [everyone, moderators];

  bool get isKnown => known.contains(this);

  factory RoomSayTo.fromJson(dynamic json) => RoomSayTo(json as String);

  String toJson() => value;

  @override
  bool operator ==(Object other) => other is RoomSayTo && other.value == value;

  @override
  int get hashCode => value.hashCode;
}

class RoomSay {
  final String body;
  final String? class_;
  final RoomSayTo to;

  const RoomSay({required this.body, required this.class_, required this.to});

  factory RoomSay.fromJson(dynamic json) {
    final map = _object(json);
    return RoomSay(
      body: map["body"] as String,
      class_: map["class"] == null ? null : map["class"] as String,
      to: RoomSayTo.fromJson(map["to"]),
    );
  }

  Json toJson() => {
        "body": body,
        "class": class_,
        "to": to.toJson(),
      };
}

/// A text. It may be one that a newer server sends: [isKnown] is then false.
class RoomChangedPushTextKind {
  final String value;

  const RoomChangedPushTextKind(this.value);

  static const text = RoomChangedPushTextKind("text");
  static const known = [text];

  bool get isKnown => known.contains(this);

  factory RoomChangedPushTextKind.fromJson(dynamic json) => RoomChangedPushTextKind(json as String);

  String toJson() => value;

  @override
  bool operator ==(Object other) => other is RoomChangedPushTextKind && other.value == value;

  @override
  int get hashCode => value.hashCode;
}

class RoomChangedPushText {
  final RoomChangedPushTextKind kind;
  final String text;

  const RoomChangedPushText({required this.kind, required this.text});

  factory RoomChangedPushText.fromJson(dynamic json) {
    final map = _object(json);
    return RoomChangedPushText(
      kind: RoomChangedPushTextKind.fromJson(map["kind"]),
      text: map["text"] as String,
    );
  }

  Json toJson() => {
        "kind": kind.toJson(),
        "text": text,
      };
}

/// A text. It may be one that a newer server sends: [isKnown] is then false.
class RoomChangedPushImageKind {
  final String value;

  const RoomChangedPushImageKind(this.value);

  static const image = RoomChangedPushImageKind("image");
  static const known = [image];

  bool get isKnown => known.contains(this);

  factory RoomChangedPushImageKind.fromJson(dynamic json) => RoomChangedPushImageKind(json as String);

  String toJson() => value;

  @override
  bool operator ==(Object other) => other is RoomChangedPushImageKind && other.value == value;

  @override
  int get hashCode => value.hashCode;
}

class RoomChangedPushImage {
  final RoomChangedPushImageKind kind;
  final int size;
  final String url;

  const RoomChangedPushImage({required this.kind, required this.size, required this.url});

  factory RoomChangedPushImage.fromJson(dynamic json) {
    final map = _object(json);
    return RoomChangedPushImage(
      kind: RoomChangedPushImageKind.fromJson(map["kind"]),
      size: (map["size"] as num).toInt(),
      url: map["url"] as String,
    );
  }

  Json toJson() => {
        "kind": kind.toJson(),
        "size": size,
        "url": url,
      };
}

/// One of several objects, by `kind`. [RoomChangedPushUnknown] is one that a newer server sends.
sealed class RoomChangedPush {
  const RoomChangedPush();

  factory RoomChangedPush.fromJson(dynamic json) {
    final map = _object(json);
    switch (map["kind"]) {
      case "text":
        return RoomChangedPushAsText(RoomChangedPushText.fromJson(map));
      case "image":
        return RoomChangedPushAsImage(RoomChangedPushImage.fromJson(map));
      default:
        return RoomChangedPushUnknown(map);
    }
  }

  Json toJson();
}

class RoomChangedPushAsText extends RoomChangedPush {
  final RoomChangedPushText value;
  const RoomChangedPushAsText(this.value);

  @override
  Json toJson() => value.toJson();
}

class RoomChangedPushAsImage extends RoomChangedPush {
  final RoomChangedPushImage value;
  const RoomChangedPushAsImage(this.value);

  @override
  Json toJson() => value.toJson();
}

class RoomChangedPushUnknown extends RoomChangedPush {
  final Json json;
  const RoomChangedPushUnknown(this.json);

  @override
  Json toJson() => json;
}

/// `room:{id}`
class RoomChannel {
  final PhoenixChannel channel;

  const RoomChannel(this.channel);

  factory RoomChannel.on(PhoenixSocket socket, {required String id, required RoomJoin payload}) =>
      RoomChannel(socket.addChannel(topic: "room:${id}", parameters: payload.toJson()));

  Future<RoomJoinReply> join() => channel.join().future.then((answer) => answer.isOk ? RoomJoinReply.fromJson(answer.response) : throw answer);

  Future<PushResponse> ping(Object? payload) =>
      channel.push("ping", _object(payload ?? const {})).future;

  Future<Message> say(RoomSay payload) =>
      channel.push("say", payload.toJson()).future.then((answer) => answer.isOk ? Message.fromJson(answer.response) : throw answer);

  Stream<RoomChangedPush> get onChanged => channel.messages
      .where((message) => message.event.value == "changed")
      .map((message) => RoomChangedPush.fromJson(message.payload));

  Stream<Map<String, double>> get onCounts => channel.messages
      .where((message) => message.event.value == "counts")
      .map((message) => _object(message.payload).map((key, value) => MapEntry(key, (value as num).toDouble())));

  Stream<Message> get onNewMsg => channel.messages
      .where((message) => message.event.value == "new_msg")
      .map((message) => Message.fromJson(message.payload));
}
