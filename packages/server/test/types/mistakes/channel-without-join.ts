import { defineChannel, defineSocket, ok } from "wingbeat";

const lobby = defineChannel("lobby").handleIn("ping", () => ok());
defineSocket({ connect: () => ok(), channels: [lobby] });
