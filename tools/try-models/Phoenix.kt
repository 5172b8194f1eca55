/** The part of JavaPhoenixClient 1.x that generated channels use, without a network: what is pushed is remembered. */
package org.phoenixframework

class Message(val payload: Map<String, Any?>)

class Push {
    private val hooks = mutableListOf<Pair<String, (Message) -> Unit>>()

    fun receive(status: String, callback: (Message) -> Unit): Push {
        hooks.add(status to callback)
        return this
    }

    fun answer(status: String, response: Map<String, Any?>) {
        hooks.filter { it.first == status }.forEach { it.second(Message(response)) }
    }
}

class Channel(val topic: String, val params: Map<String, Any?>) {
    val pushed = mutableListOf<Triple<String, Map<String, Any?>, Push>>()
    private val bindings = mutableListOf<Pair<String, (Message) -> Unit>>()

    fun join(): Push = Push().also { pushed.add(Triple("phx_join", params, it)) }

    fun push(event: String, payload: Map<String, Any?>): Push = Push().also { pushed.add(Triple(event, payload, it)) }

    fun on(event: String, callback: (Message) -> Unit): Int {
        bindings.add(event to callback)
        return bindings.size
    }

    fun trigger(event: String, payload: Map<String, Any?>) {
        bindings.filter { it.first == event }.forEach { it.second(Message(payload)) }
    }
}

class Socket {
    fun channel(topic: String, params: Map<String, Any?> = mapOf()): Channel = Channel(topic, params)
}
