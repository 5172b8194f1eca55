import { defineSocket, ok } from "wingbeat";
import { room } from "./app.ts";

defineSocket({ connect: () => ok({ name: "ada" }), channels: [room] });
