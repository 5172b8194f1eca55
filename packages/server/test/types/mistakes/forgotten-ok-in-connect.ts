import { defineSocket } from "wingbeat";
import { system } from "./app.ts";

defineSocket({ connect: () => true, channels: [system] });
