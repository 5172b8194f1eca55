/**
 * `npm run acceptance`: all checks over WebSocket, over what they must hold on as well, and pictures. `ACCEPTANCE` picks one
 * of them: `websocket`, `longpoll` (check 36), `postgres` (over WebSocket, with PostgreSQL instead of PGlite), `processes`
 * (check 37: two processes with Redis and PostgreSQL) or `screens`.
 */
import { CHECKS } from "./checks.ts";
import { run } from "./run.ts";
import { SCREENS } from "./screens.ts";
import { useSecondServer } from "./second-server.ts";

const picked = process.env["ACCEPTANCE"];
const isOn = (name: string): boolean => picked === undefined || picked === name;

if (isOn("websocket")) run("over WebSocket", CHECKS);
if (isOn("longpoll")) run("over long polling", CHECKS, { transport: "longpoll" });
if (isOn("postgres")) run("on PostgreSQL", CHECKS, { database: "postgres" });
if (isOn("processes")) run("on two processes", useSecondServer(CHECKS), { processes: 2 });
if (isOn("screens")) run("pictures", SCREENS);
