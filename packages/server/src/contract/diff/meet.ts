/** Clients of one contract meet a server of another one: what breaks? */
import type { Schemas } from "../json-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import { REPLY_STATUSES } from "../model.ts";
import type { Contract, ContractChannel, ContractEvent, ContractPush, ContractSocket } from "../model.ts";
import { compareSchemas } from "./compare.ts";
import { Findings } from "./finding.ts";
import type { Finding, Part, Place, Verdict } from "./finding.ts";
import { channelFor, handlersOf } from "./topics.ts";

export function meet(client: Contract, server: Contract, verdict: Verdict): readonly Finding[] {
  const meeting = new Meeting(client.schemas, server.schemas, verdict);
  for (const socket of client.sockets) meeting.socket(socket, counterpart(socket, client, server));
  return meeting.findings.all;
}

/** By its path. When both have one socket, it is that one. */
function counterpart(socket: ContractSocket, client: Contract, server: Contract): ContractSocket | undefined {
  const same = server.sockets.find(({ name }) => name === socket.name);
  return same ?? (client.sockets.length === 1 && server.sockets.length === 1 ? server.sockets[0] : undefined);
}

class Meeting {
  readonly findings: Findings;
  readonly #client: { readonly schemas: Schemas };
  readonly #server: { readonly schemas: Schemas };

  constructor(client: Schemas, server: Schemas, verdict: Verdict) {
    this.#client = { schemas: client };
    this.#server = { schemas: server };
    this.findings = new Findings(verdict);
  }

  socket(client: ContractSocket, server: ContractSocket | undefined): void {
    const place = { socket: client.name, channel: undefined, event: undefined };
    if (server === undefined) {
      this.findings.missing(place, "socket", "missing", "of this socket", "{server} has no such socket");
      return;
    }
    this.#paths(place, client, server);
    if (server.authToken && !client.authToken) {
      this.findings.breaking(
        place,
        "socket",
        "auth",
        "",
        "{server} reads a token at the handshake, {client} sends none",
      );
    }
    this.#sent(place, "params", "", client.params, server.params);
    for (const channel of client.channels) this.#channel(client.name, channel, server.channels);
  }

  #paths(place: Place, client: ContractSocket, server: ContractSocket): void {
    const isMounted = server.websocket !== undefined || server.longpoll !== undefined;
    for (const transport of ["websocket", "longpoll"] as const) {
      const [used, there] = [client[transport], server[transport]];
      if (!isMounted || used === undefined || used === there) continue;
      const instead = there === undefined ? "has none" : `has ${there}`;
      const text = `{client} connects to ${used}, {server} ${instead}`;
      this.findings.missing(place, "socket", "path", `that connect with ${transport}`, text);
    }
  }

  #channel(socket: string, client: ContractChannel, channels: readonly ContractChannel[]): void {
    const place = { socket, channel: client.pattern, event: undefined };
    const served = channelFor(client.pattern, channels);
    if (served === undefined) {
      this.findings.missing(place, "channel", "missing", "that join it", "{server} has no channel for these topics");
      return;
    }
    const { channel: server, isWhole } = served;
    if (!isWhole) {
      const text = `{server} takes only the topics ${server.pattern}`;
      this.findings.missing(place, "channel", "narrowed", "that join other topics of the pattern", text);
    }
    this.#event({ ...place, event: "join" }, client.join, server.join, "that join it");
    for (const event of client.events) this.#pushed(place, event, client, server);
    for (const push of client.pushes) this.#push(place, push, server);
    this.#marks(place, client, server);
  }

  #pushed(place: Place, event: ContractEvent, client: ContractChannel, server: ContractChannel): void {
    const at = { ...place, event: event.event };
    const handlers = handlersOf(event.event, server, client);
    if (handlers.length === 0) {
      this.findings.missing(at, "payload", "missing", "that push it", '{server} answers with "unknown event"');
    }
    for (const handler of handlers) {
      const others = handler.event === event.event ? "" : ` as ${handler.event}`;
      this.#event(at, event, handler, `that push it${others}`);
    }
  }

  #event(place: Place, client: ContractEvent, server: ContractEvent, whose: string): void {
    this.#sent(place, "payload", whose, client.payload, server.payload);
    for (const status of REPLY_STATUSES) {
      const [expected, given] = [client.replies[status], server.replies[status]];
      const part = status === "ok" ? "reply" : "error";
      if (expected !== undefined && given !== undefined) this.#received(place, part, whose, given, expected);
      if (expected !== undefined && given === undefined && status === "ok") {
        this.findings.breaking(
          place,
          part,
          "missing",
          `${whose} and wait for the reply`,
          "{server} does not reply: the push times out",
        );
      }
      if (expected === undefined && given !== undefined && !client.isEphemeral) {
        this.findings.breaking(
          place,
          part,
          "added",
          whose,
          `{server} may reply with ${status}, which {client} does not know`,
        );
      }
    }
  }

  #push(place: Place, client: ContractPush, server: ContractChannel): void {
    const at = { ...place, event: client.event };
    const sent = server.pushes.find(({ event }) => event === client.event);
    if (sent === undefined && server.hasOpenPushes) {
      this.findings.warning(
        at,
        "push",
        "undecided",
        "that listen to it",
        "cannot tell: {server} declares its pushes by type, and may send it",
      );
    } else if (sent === undefined) {
      this.findings.missing(at, "push", "missing", "that listen to it", "{server} does not send it");
    } else {
      this.#received(at, "push", "that listen to it", sent.payload, client.payload);
      if (sent.delivery !== undefined && client.delivery === undefined) {
        const text = `{server} declares it ${sent.delivery}: a slow client may miss some of it`;
        this.findings.warning(at, "push", "delivery", "that listen to it", text);
      }
    }
  }

  #marks(place: Place, client: ContractChannel, server: ContractChannel): void {
    if (client.history !== undefined && server.history === undefined) {
      const text = "{server} keeps no history: they are not sent what they missed";
      this.findings.warning(place, "channel", "history", "that were disconnected", text);
    }
    if (client.dedupe !== undefined && server.dedupe === undefined) {
      const text = "{server} takes no numbered pushes: one that is sent again may be handled twice";
      this.findings.warning(place, "channel", "dedupe", "that push with retry", text);
    }
  }

  #sent(place: Place, part: Part, whose: string, sent: JsonSchema, taken: JsonSchema): void {
    const found = compareSchemas(sent, taken, { sender: this.#client, receiver: this.#server, isStrict: true });
    this.findings.differences(place, part, whose, found, "client");
  }

  #received(place: Place, part: Part, whose: string, sent: JsonSchema, taken: JsonSchema): void {
    const found = compareSchemas(sent, taken, { sender: this.#server, receiver: this.#client, isStrict: false });
    this.findings.differences(place, part, whose, found, "server");
  }
}
