/** Runs a program and tells what it said when it failed. */
import { execFile } from "node:child_process";

/** What went wrong, or undefined. `options` are those of `execFile`. */
export function faultOf(command, args, options = {}) {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: import.meta.dirname, encoding: "utf8", ...options }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${stdout}${stderr}` || String(error));
    });
  });
}
