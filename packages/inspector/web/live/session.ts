/** Who somebody is here, and what they may do besides looking. */
import type { Welcome } from "../contract.ts";
import { useChannel } from "./realtime.ts";

const NOBODY: Pick<Welcome, "user" | "may"> & { readonly node: string | null; readonly version: string | null } = {
  node: null,
  version: null,
  user: null,
  may: [],
};

export function useSession() {
  const { reply, push } = useChannel("actions");
  return { ...(reply ?? NOBODY), push };
}
