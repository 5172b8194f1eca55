import { endpoint } from "./app.ts";

endpoint.broadcast("rooms:42", "new_msg", { id: 1, body: "hi" });
