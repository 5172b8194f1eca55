import { socket } from "./app.ts";

socket.channel("rooms:42");
