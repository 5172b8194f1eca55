import { expect, it } from "vitest";
import { table } from "./table.ts";

it("aligns columns, and leaves out those with nothing in them", () => {
  const rows = [
    ["/socket", "", "room:{id}"],
    ["", "", "lobby"],
  ];
  expect(table(["SOCKET", "NONE", "TOPIC"], rows)).toBe("SOCKET   TOPIC\n/socket  room:{id}\n         lobby");
});
