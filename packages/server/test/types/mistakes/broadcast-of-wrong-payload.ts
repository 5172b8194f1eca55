import { endpoint } from "./app.ts";

endpoint.broadcast("room:42", "new_msg", { id: 1, text: "hi" });
