import type { RequestListener } from "node:http";
import { Token } from "wingbeat";
import { z } from "zod";

/** Anyone who knows it can make tokens. Set SECRET_KEY_BASE on a server that others can reach. */
const SECRET = process.env["SECRET_KEY_BASE"] ?? "good enough for this machine only";
const Name = z.string().trim().min(1).max(24);

/** Answers `GET /token?name=Ada`. There are no accounts here: with accounts, the name comes from your session cookie. */
export const giveToken: RequestListener = (request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const name = Name.safeParse(searchParams.get("name"));
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  if (!name.success) return void response.writeHead(400, headers).end('{"reason":"A name has 1 to 24 characters."}');
  response.writeHead(200, headers).end(JSON.stringify({ token: tokenFor(name.data) }));
};

/** A token is used at once, so it is valid for a minute. */
export const tokenFor = (name: string): string => Token.sign(SECRET, "user socket", { name }, { maxAge: 60 });

/** The name in a token; undefined when it is forged or too old. */
export function nameIn(token: string): string | undefined {
  const result = Token.verify<{ name: string }>(SECRET, "user socket", token);
  return result.ok ? result.data.name : undefined;
}
