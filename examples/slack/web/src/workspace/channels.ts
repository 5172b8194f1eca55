/** The four topics that every page is on as long as somebody is logged in. */
import { useChannel } from "../realtime.ts";

export const useUserChannel = (userId: number) => useChannel(`user:${userId}`);
export const useSystemChannel = () => useChannel("system:presence");
export const useRoleChannel = () => useChannel("user:role");
export const usePublicChannel = () => useChannel("user:public");

export type UserChannel = ReturnType<typeof useUserChannel>;
export type SystemChannel = ReturnType<typeof useSystemChannel>;
