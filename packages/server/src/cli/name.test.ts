import { describe, expect, it } from "vitest";
import { readName } from "./name.ts";

describe("readName", () => {
  it.each([
    ["Room", "room", "room", "room"],
    ["ChatRoom", "chat-room", "chatRoom", "chat_room"],
    ["Admin.ChatRoom", "admin/chat-room", "adminChatRoom", "admin_chat_room"],
    ["HTTPServer", "http-server", "httpServer", "http_server"],
    ["HTTP2", "http2", "http2", "http2"],
    ["Room2Go", "room2-go", "room2Go", "room2_go"],
    ["A1b", "a1b", "a1b", "a1b"],
    ["X", "x", "x", "x"],
  ])("%s", (typed, path, camel, snake) => {
    expect(readName(typed, "channel")).toEqual({ path, camel, snake });
  });

  it("takes the kind at the end of a name for what it is", () => {
    expect(readName("RoomChannel", "channel").path).toBe("room");
    expect(readName("Admin.UserSocket", "socket").path).toBe("admin/user");
    expect(readName("Channel", "channel").path).toBe("channel");
    expect(readName("UserSocket", "channel").path).toBe("user-socket");
    expect(readName("MyPresence", "presence").path).toBe("my-presence");
  });

  it.each(["", "room", "chat room", "Chat-Room", "Chat_Room", "1Room", "Room.", ".Room", "../Room", "Room/x", "Räume"])(
    "refuses %j",
    (typed) => {
      expect(() => readName(typed, "channel")).toThrow(/is not a name for a channel: use words .* in CamelCase/);
    },
  );

  it.each([
    ["chat_room", "ChatRoom"],
    ["admin.chat-room", "Admin.ChatRoom"],
    ["1Room", "ChatRoom"],
    ["", "ChatRoom"],
  ])("for %j suggests %s", (typed, suggestion) => {
    expect(() => readName(typed, "channel")).toThrow(`wingbeat gen channel ${suggestion}`);
  });
});
