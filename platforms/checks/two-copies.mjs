/** A bundle that has the client twice, as happens when one dependency imports it and another requires it. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { faultOf } from "../run.mjs";

const folder = join(import.meta.dirname, "..");
const PROGRAM = `
import * as one from "@wingbeat/client";
import { visit } from "./programs/client.cjs";
const two = require("@wingbeat/client");
if (one.Socket === two.Socket) throw new Error("the bundle has one copy only");
const url = process.argv[2];
Promise.resolve()
  .then(() => visit({ Socket: one.Socket, Presence: two.Presence }, url))
  .then(() => visit({ Socket: two.Socket, Presence: one.Presence }, url))
  .then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
`;

export async function check({ url }) {
  const outfile = join(folder, "node_modules/.two-copies.cjs");
  await build({
    stdin: { contents: PROGRAM, resolveDir: folder },
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile,
    logLevel: "error",
  });
  const fault = await faultOf(join(folder, "node_modules/node-22/bin/node"), [outfile, url]);
  rmSync(outfile);
  return [{ platform: "imported and required in one bundle", fault }];
}
