import { endpoint } from "./app.ts";

endpoint.command("room:42", "kicked", { id: "7" });
