// Chat 1.0.0. Written by wingbeat contract models: change the server's schemas instead.

@file:Suppress("UNCHECKED_CAST", "unused", "ClassName", "ObjectPropertyName")

package wingbeat.contract

import org.phoenixframework.Channel
import org.phoenixframework.Push
import org.phoenixframework.Socket

/** A JSON object, as the client has it. */
typealias Json = Map<String, Any?>

private fun objectIn(json: Any?): Json = json as? Json ?: emptyMap()
private fun <T> listIn(json: Any?, item: (Any?) -> T): List<T> = (json as? List<Any?> ?: emptyList()).map(item)
private fun <T> mapIn(json: Any?, value: (Any?) -> T): Map<String, T> = objectIn(json).mapValues { value(it.value) }

data class Message(
    val body: String,
    val id: String,
    val answers: List<Message>? = null
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        if (answers != null) json["answers"] = answers.map { it.toJson() }
        json["body"] = body
        json["id"] = id
        return json
    }

    companion object {
        fun fromJson(json: Any?): Message {
            val map = objectIn(json)
            return Message(
                answers = map["answers"]?.let { listIn(it) { Message.fromJson(it) } },
                body = map["body"] as String,
                id = map["id"] as String
            )
        }
    }
}

data class RoomJoinReply(
    val newest: List<Message>
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        json["newest"] = newest.map { it.toJson() }
        return json
    }

    companion object {
        fun fromJson(json: Any?): RoomJoinReply {
            val map = objectIn(json)
            return RoomJoinReply(
                newest = listIn(map["newest"]) { Message.fromJson(it) }
            )
        }
    }
}

data class RoomJoin(
    val since: Long? = null
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        if (since != null) json["since"] = since
        return json
    }

    companion object {
        fun fromJson(json: Any?): RoomJoin {
            val map = objectIn(json)
            return RoomJoin(
                since = map["since"]?.let { (it as Number).toLong() }
            )
        }
    }
}

/** A text. `Unknown` is one that a newer server sends. */
sealed class RoomSayTo {
    abstract val value: String
    object Everyone : RoomSayTo() { override val value = "everyone" }
    object Moderators : RoomSayTo() { override val value = "moderators" }
    data class Unknown(override val value: String) : RoomSayTo()

    fun toJson(): String = value

    companion object {
        fun fromJson(json: Any?): RoomSayTo = when (json) {
            "everyone" -> Everyone
            "moderators" -> Moderators
            else -> Unknown(json.toString())
        }
    }
}

data class RoomSay(
    val body: String,
    val class_: String?,
    val to: RoomSayTo
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        json["body"] = body
        json["class"] = class_
        json["to"] = to.toJson()
        return json
    }

    companion object {
        fun fromJson(json: Any?): RoomSay {
            val map = objectIn(json)
            return RoomSay(
                body = map["body"] as String,
                class_ = map["class"]?.let { it as String },
                to = RoomSayTo.fromJson(map["to"])
            )
        }
    }
}

/** A text. `Unknown` is one that a newer server sends. */
sealed class RoomChangedPushTextKind {
    abstract val value: String
    object Text : RoomChangedPushTextKind() { override val value = "text" }
    data class Unknown(override val value: String) : RoomChangedPushTextKind()

    fun toJson(): String = value

    companion object {
        fun fromJson(json: Any?): RoomChangedPushTextKind = when (json) {
            "text" -> Text
            else -> Unknown(json.toString())
        }
    }
}

data class RoomChangedPushText(
    val kind: RoomChangedPushTextKind,
    val text: String
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        json["kind"] = kind.toJson()
        json["text"] = text
        return json
    }

    companion object {
        fun fromJson(json: Any?): RoomChangedPushText {
            val map = objectIn(json)
            return RoomChangedPushText(
                kind = RoomChangedPushTextKind.fromJson(map["kind"]),
                text = map["text"] as String
            )
        }
    }
}

/** A text. `Unknown` is one that a newer server sends. */
sealed class RoomChangedPushImageKind {
    abstract val value: String
    object Image : RoomChangedPushImageKind() { override val value = "image" }
    data class Unknown(override val value: String) : RoomChangedPushImageKind()

    fun toJson(): String = value

    companion object {
        fun fromJson(json: Any?): RoomChangedPushImageKind = when (json) {
            "image" -> Image
            else -> Unknown(json.toString())
        }
    }
}

data class RoomChangedPushImage(
    val kind: RoomChangedPushImageKind,
    val size: Long,
    val url: String
) {
    fun toJson(): Json {
        val json = mutableMapOf<String, Any?>()
        json["kind"] = kind.toJson()
        json["size"] = size
        json["url"] = url
        return json
    }

    companion object {
        fun fromJson(json: Any?): RoomChangedPushImage {
            val map = objectIn(json)
            return RoomChangedPushImage(
                kind = RoomChangedPushImageKind.fromJson(map["kind"]),
                size = (map["size"] as Number).toLong(),
                url = map["url"] as String
            )
        }
    }
}

/** One of several objects, by `kind`. `Unknown` is one that a newer server sends. */
sealed class RoomChangedPush {
    data class AsText(val value: RoomChangedPushText) : RoomChangedPush()
    data class AsImage(val value: RoomChangedPushImage) : RoomChangedPush()
    data class Unknown(val json: Json) : RoomChangedPush()

    fun toJson(): Json = when (this) {
        is AsText -> value.toJson()
        is AsImage -> value.toJson()
        is Unknown -> json
    }

    companion object {
        fun fromJson(json: Any?): RoomChangedPush = when (objectIn(json)["kind"]) {
            "text" -> AsText(RoomChangedPushText.fromJson(json))
            "image" -> AsImage(RoomChangedPushImage.fromJson(json))
            else -> Unknown(objectIn(json))
        }
    }
}

/** `room:{id}` */
class RoomChannel(val channel: Channel) {
    constructor(socket: Socket, id: String, payload: RoomJoin) : this(socket.channel("room:${id}", payload.toJson()))

    fun join(ok: (RoomJoinReply) -> Unit = {}): Push = channel.join().receive("ok") { ok(RoomJoinReply.fromJson(it.payload)) }
    fun ping(payload: Any?): Push =
        channel.push("ping", objectIn(payload))
    fun say(payload: RoomSay, ok: (Message) -> Unit = {}): Push =
        channel.push("say", payload.toJson()).receive("ok") { ok(Message.fromJson(it.payload)) }
    fun onChanged(heard: (RoomChangedPush) -> Unit): Int =
        channel.on("changed") { heard(RoomChangedPush.fromJson(it.payload)) }
    fun onCounts(heard: (Map<String, Double>) -> Unit): Int =
        channel.on("counts") { heard(mapIn(it.payload) { (it as Number).toDouble() }) }
    fun onNewMsg(heard: (Message) -> Unit): Int =
        channel.on("new_msg") { heard(Message.fromJson(it.payload)) }
}
