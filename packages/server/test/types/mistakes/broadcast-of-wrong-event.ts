import { endpoint } from "./app.ts";

endpoint.broadcast("room:42", "new_message", { id: 1, body: "hi" });
