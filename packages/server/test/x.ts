import { z } from "zod"; import { type } from "arktype"; import * as v from "valibot";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { Parser } from "@asyncapi/parser";
import { defineChannel, defineSocket, ok, conflate, volatile, routeChannel } from "../src/index.ts";
import { contractOf } from "../src/contract.ts";
import { readContract } from "../src/contract/read.ts";
const Message = z.object({ id: z.string(), body: z.string().min(1), get replies() { return z.array(Message).optional() } }).meta({ id: "Message" });
const room = defineChannel("room:{id}").pushes({ new_msg: Message, "message:updated": z.object({m: Message}), typing: type({ user: "string" }) }, { typing: volatile() })
 .history({events:["new_msg"]}).dedupe()
 .ephemeral("cursor", z.object({x: z.number()}), { key: () => "a" })
 .join({ payload: v.object({ since: v.optional(v.number()) }), reply: z.object({ messages: z.array(Message) }) }, () => ok({ messages: [] }))
 .handleIn("new_msg", { payload: z.object({ body: z.string() }), reply: z.object({ id: z.string() }), error: z.object({reason: z.enum(["muted"])}) }, () => ok({ id: "" }))
 .handleIn("reaction:*", z.object({ emoji: z.string() }), () => {});
const all = defineChannel("user:*").join(() => ok());
const s = defineSocket({ params: z.object({ token: z.string() }), connect: () => ok(), channels: [room, all, routeChannel("support:{id}", room)] });
const { document, open } = contractOf({ "/socket": { socket: s, longpoll: true, authToken: true }, "/ws/:tenant": defineSocket({connect: () => ok(), channels: [all]}) }, { toJsonSchema: (x, d) => (toStandardJsonSchema(x as never)["~standard"] as any).jsonSchema[d]({ target: "draft-07" }) });
console.log(JSON.stringify(document, null, 1)); console.log(open);
const t = Date.now();
const r = await new Parser().parse(JSON.stringify(document));
for (const d of r.diagnostics) console.log(d.severity, d.code, d.message, d.path.join("/"));
console.log(Date.now() - t, "parsed", r.document !== undefined);
console.log(JSON.stringify(readContract(document)).length);
try { contractOf({"/s": defineSocket({connect: () => ok(), channels: [defineChannel("a").join(z.object({ author: z.array(z.object({ born: z.date().optional() })) }), () => ok())]})}) } catch (e) { console.log(String(e)) }
