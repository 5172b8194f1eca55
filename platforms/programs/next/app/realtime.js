"use client";
import { createHooks } from "@wingbeat/react";

export const { SocketProvider, useChannel, useConnection, useEvent, usePresence, useRecovery } = createHooks();
