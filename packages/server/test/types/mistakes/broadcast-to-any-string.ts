import { endpoint } from "./app.ts";

export const tell = (topic: string): void => endpoint.broadcast(topic, "new_msg", { id: 1, body: "hi" });
