/** What the scripts of history and pushes share. */
import { createHash } from "node:crypto";
import type { Script } from "./driver.ts";

export const script = (text: string): Script => ({ text, sha: createHash("sha1").update(text).digest("hex") });

/**
 * `present`: the beginning of `master_replid`, which changes with each restart and failover, of the server that runs the
 * script.
 */
export const BASICS = `
local function present()
  return string.sub(string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)'), 1, 12)
end

local function failed(answer)
  return type(answer) == 'table' and answer.err
end

local function text(number)
  return string.format('%.0f', number)
end
`;
