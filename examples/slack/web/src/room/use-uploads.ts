import { useCallback, useEffect, useRef, useState } from "react";
import type { Attachment } from "@wingbeat/example-slack/contract";
import { useToast } from "../workspace.ts";
import { sortedOut, upload } from "./upload.ts";

/** An image beside the text that is being written. */
export interface Upload {
  readonly key: string;
  readonly name: string;
  /** An address of the file in this page. */
  readonly preview: string;
  /** 0 to 1. */
  readonly progress: number;
  /** Null until it has arrived. */
  readonly attachment: Attachment | null;
}

export function useUploads() {
  const toast = useToast();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  const change = (key: string, changes: Partial<Upload>) =>
    setUploads((all) => all.map((held) => (held.key === key ? { ...held, ...changes } : held)));
  const drop = useCallback((key: string) => {
    aborts.current.get(key)?.abort();
    aborts.current.delete(key);
    setUploads((all) => all.filter((held) => held.key !== key));
  }, []);

  const add = (files: Iterable<File>) => {
    const { taken, refusals } = sortedOut(files, uploads.length);
    for (const file of taken) void start(file);
    for (const refusal of refusals) toast(refusal, { kind: "error" });
  };
  async function start(file: File): Promise<void> {
    const key = crypto.randomUUID();
    const abort = new AbortController();
    aborts.current.set(key, abort);
    const preview = URL.createObjectURL(file);
    setUploads((all) => [...all, { key, name: file.name, preview, progress: 0, attachment: null }]);
    try {
      const attachment = await upload(file, (progress) => change(key, { progress }), abort.signal);
      change(key, { attachment, progress: 1 });
    } catch (error) {
      if (!abort.signal.aborted)
        toast(error instanceof Error ? error.message : "The image was not sent.", { kind: "error" });
      drop(key);
    }
  }

  // The addresses of files live as long as the page, if nobody ends them.
  const previews = useRef<readonly string[]>([]);
  useEffect(() => {
    const held = uploads.map(({ preview }) => preview);
    for (const old of previews.current) if (!held.includes(old)) URL.revokeObjectURL(old);
    previews.current = held;
  }, [uploads]);
  useEffect(() => {
    const running = aborts.current;
    return () => {
      for (const abort of running.values()) abort.abort();
    };
  }, []);
  return { uploads, add, drop, clear: useCallback(() => setUploads([]), []) };
}
