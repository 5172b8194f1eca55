import { ok } from "wingbeat";
import { z } from "zod";
import { room } from "./app.ts";

room.handleIn("count", { reply: z.object({ count: z.number() }) }, () => ok({ count: "3" }));
