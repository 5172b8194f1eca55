/** What an editor shows and offers: no internals, and every topic, event and command that there is. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Editor } from "./program.ts";

const TEXT = `
import { channel, endpoint, room, socket, userSocket } from "./app.ts";
import { defineChannel, ok } from "wingbeat";

endpoint.broadcast("");
endpoint.broadcast("room:42", "");
endpoint.command("room:42", "");
endpoint.broadcast("user_socket:7", "");
socket.channel("");
channel.push("");
channel.on("");
room.handleOut("", () => {});
room.handleCommand("", () => {});
room.handleIn("hover", (ctx) => ctx.push(""));
defineChannel("lobby")
  .talksTo<typeof room>()
  .join((lobby) => {
    lobby.endpoint.broadcast("room:42", "");
    return ok();
  })
  .handleInfo((_lobby, message) => {
    if (message.event === "");
  });
void endpoint; void room; void channel; void socket; void userSocket;
`;

const editor = new Editor(join(import.meta.dirname, "mistakes/open.ts"), TEXT);

describe("an editor offers", () => {
  it.each([
    ["topics of the endpoint", 'endpoint.broadcast("|")', ["system"]],
    ["events of a topic", 'endpoint.broadcast("room:42", "|")', ["new_msg", "user_joined"]],
    ["commands of a topic", 'endpoint.command("room:42", "|")', ["kicked"]],
    ["what an id of a socket takes", 'endpoint.broadcast("user_socket:7", "|")', ["disconnect"]],
    ["topics of a client", 'socket.channel("|")', ["system"]],
    ["events of a client", 'channel.push("|")', ["new_msg", "typing"]],
    ["events of the server", 'channel.on("|")', ["new_msg", "phx_close", "phx_error", "phx_reply", "user_joined"]],
    ["events to intercept", 'room.handleOut("|"', ["new_msg", "user_joined"]],
    ["commands to handle", 'room.handleCommand("|"', ["kicked"]],
    ["events to push", 'ctx.push("|")', ["new_msg", "user_joined"]],
    ["events of another channel", 'lobby.endpoint.broadcast("room:42", "|")', ["new_msg", "user_joined"]],
    ["broadcasts that handleInfo gets", 'message.event === "|"', ["new_msg", "user_joined"]],
  ])("%s", (_what, at, expected) => {
    expect([...editor.completions(at)].sort()).toEqual(expected);
  });
});

describe("an editor shows", () => {
  it.each([
    ["endpoint", "Endpoint"],
    ["room", "Channel"],
    ["channel", "Channel"],
    ["socket", "Socket"],
    ["userSocket", "SocketDefinition"],
  ])("%s without internals", (name, type) => {
    const shown = editor.hover(`${name};`);
    expect(shown).toContain(`const ${name}: ${type}<`);
    expect(shown).not.toMatch(/PushesAt|ByName|ByPattern|RepliesOf|Declared|Contracted|Zod|infer |"~|Awaitable/);
  });

  it("ctx as what the channel has declared", () => {
    expect(editor.hover("ctx) => ctx.push")).toBe(`(parameter) ctx: ChannelContext<{
    topic: "room:{id}";
    assigns: {
        user: {
            id: number;
        };
    };
    info: unknown;
    pushes: {
        readonly new_msg: {
            id: number;
            body: string;
        };
        readonly user_joined: {
            name: string;
        };
    };
    commands: {
        readonly kicked: {
            id: number;
        };
    };
    talksTo: AnyTopic;
}>`);
  });
});
