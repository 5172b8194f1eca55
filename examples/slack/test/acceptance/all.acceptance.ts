/**
 * `npm run acceptance`: all checks over WebSocket, over what they must hold on as well, and pictures. `ACCEPTANCE` picks one
 * of them: `websocket`, `longpoll` (check 36), `processes` (check 37: two processes with Redis and PostgreSQL) or `screens`.
 * The database is PGlite, or PostgreSQL with `SLACK_TEST_DB=postgres`.
 */
import { CHECKS } from "./checks.ts";
import { run } from "./run.ts";
import { SCREENS } from "./screens.ts";
import { useSecondServer } from "./second-server.ts";

const picked = process.env["ACCEPTANCE"];
const isOn = (name: string): boolean => picked === undefined || picked === name;

if (isOn("websocket")) run("over WebSocket", CHECKS);
if (isOn("longpoll")) run("over long polling", CHECKS, { transport: "longpoll" });
if (isOn("processes")) run("on two processes", useSecondServer(CHECKS), { processes: 2 });
if (isOn("screens")) run("pictures", SCREENS);
