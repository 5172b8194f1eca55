/** All checks of one application, by their numbers. 23, 34: the forum's; 36: these over long polling; 37: on two processes. */
import { around } from "./checks/around.ts";
import { connection } from "./checks/connection.ts";
import { directAndDevices } from "./checks/direct-and-devices.ts";
import { permissions } from "./checks/permissions.ts";
import { presence } from "./checks/presence.ts";
import { rooms } from "./checks/rooms.ts";
import { sleep } from "./checks/sleep.ts";

export const CHECKS = [...connection, ...rooms, ...permissions, ...presence, ...directAndDevices, ...around, ...sleep];
