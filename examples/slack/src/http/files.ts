import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { fileFor, MAX_FILE_SIZE, upload } from "../uploads.ts";
import { ensureNotBanned } from "../permissions.ts";
import { refused } from "../refused.ts";
import { idOf } from "./app.ts";
import type { App, HttpServices } from "./app.ts";

/** What a form needs around its file. */
const FORM = 10_000;

export function fileRoutes(services: HttpServices): Hono<App> {
  const { db } = services;
  return new Hono<App>()
    .post(
      "/uploads",
      bodyLimit({ maxSize: MAX_FILE_SIZE + FORM, onError: (c) => c.json(tooLarge(), 413) }),
      async (c) => {
        const { user } = c.var.login;
        await ensureNotBanned(db, user.id);
        const { file } = await c.req.parseBody().catch(() => ({ file: undefined }));
        if (!(file instanceof File)) throw refused("invalid", "Choose a file.");
        if (file.size > MAX_FILE_SIZE) return c.json(tooLarge(), 413);
        return c.json(await upload(db, user.id, file.name, new Uint8Array(await file.arrayBuffer())), 201);
      },
    )
    .get("/files/:id", async (c) => {
      const { name, type, data } = await fileFor(db, c.var.login.user.id, idOf(c));
      return c.body(new Uint8Array(data), 200, {
        "content-type": type,
        "content-disposition": `inline; filename="${ascii(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`,
        // Whoever opens it in a tab of its own gets an image, and nothing that could act as this site.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "cache-control": "private, max-age=86400, immutable",
      });
    });
}

function tooLarge() {
  return refused("invalid", "An image may have 5 MB.").response;
}

const ascii = (name: string): string => name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
