/**
 * An application's bundle. The Hermes VM on a workstation has no timers that wait and no network, so this file brings
 * timers, and a WebSocket whose other end answers in the same program.
 */
import { installTasks } from "./tasks";
import { FakeWebSocket } from "./fake-websocket";

installTasks();
global.WebSocket = FakeWebSocket;
if (global.POLYFILL) require("fast-text-encoding");

const { Presence, Socket } = require("@wingbeat/client");
const { visit } = require("../client.cjs");
const { runApp } = require("./app");

visit({ Presence, Socket }, "ws://server/socket")
  .then(runApp)
  .then(
    () => print("done"),
    (error) => print("failed", String(error), error && error.stack),
  );
