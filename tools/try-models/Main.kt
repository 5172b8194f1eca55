/** Uses the models of `packages/server/test/contract/fixture.ts`, as an app would. */
import org.phoenixframework.Socket
import wingbeat.contract.*

fun main() {
    val room = RoomChannel(Socket(), "42", RoomJoin(since = 7L))
    check(room.channel.topic == "room:42" && room.channel.params == mapOf<String, Any?>("since" to 7L))

    var newest: List<Message>? = null
    room.join { newest = it.newest }
    val message = mapOf("id" to "1", "body" to "hi", "answers" to listOf(mapOf("id" to "2", "body" to "ho")))
    room.channel.pushed[0].third.answer("ok", mapOf("newest" to listOf(message)))
    check(newest!![0].answers!![0].body == "ho" && newest!![0].toJson() == message)

    room.say(RoomSay(body = "hi", to = RoomSayTo.Everyone, class_ = null))
    check(room.channel.pushed[1].second == mapOf("body" to "hi", "to" to "everyone", "class" to null)) { room.channel.pushed[1].second }

    val heard = mutableListOf<RoomChangedPush>()
    room.onChanged { heard.add(it) }
    room.channel.trigger("changed", mapOf("kind" to "text", "text" to "a"))
    room.channel.trigger("changed", mapOf("kind" to "image", "url" to "b", "size" to 3))
    room.channel.trigger("changed", mapOf("kind" to "poll", "options" to listOf<String>()))
    check((heard[0] as RoomChangedPush.AsText).value.text == "a")
    check((heard[1] as RoomChangedPush.AsImage).value.size == 3L)
    check((heard[2] as RoomChangedPush.Unknown).json["kind"] == "poll")
    check(RoomSayTo.fromJson("nobody") == RoomSayTo.Unknown("nobody"))
    println("ok")
}
