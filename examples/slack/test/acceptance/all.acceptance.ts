/**
 * `npm run acceptance`: all checks over WebSocket, and over what they must hold on as well. `ACCEPTANCE` picks one of them:
 * `websocket`, `longpoll` (check 36) or `processes` (check 37: two processes with Redis and PostgreSQL). The database of the
 * first two is PGlite, or PostgreSQL with `SLACK_TEST_DB=postgres`.
 */
import { CHECKS } from "./checks.ts";
import { run } from "./run.ts";
import { useSecondServer } from "./second-server.ts";

const picked = process.env["ACCEPTANCE"];
const isOn = (name: string): boolean => picked === undefined || picked === name;

if (isOn("websocket")) run("over WebSocket", CHECKS);
if (isOn("longpoll")) run("over long polling", CHECKS, { transport: "longpoll" });
if (isOn("processes")) run("on two processes", useSecondServer(CHECKS), { processes: 2 });
