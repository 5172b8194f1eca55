/** Sends an image to the server, with news of how far that is: `fetch` has none. */
import type { Attachment } from "@wingbeat/example-slack/contract";

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
export const MAX_BYTES = 5 * 1024 * 1024;

/** Why a file is not even tried, as a sentence. */
export function refusedFile({ name, type, size }: Pick<File, "name" | "type" | "size">): string | undefined {
  if (!IMAGE_TYPES.includes(type)) return `${name} is no PNG, JPEG, GIF or WebP image.`;
  if (size > MAX_BYTES) return `${name} is larger than 5 MB.`;
  return undefined;
}

/** `progress` gets 0 to 1. Rejects with an Error whose message is a sentence. */
export function upload(file: File, progress: (part: number) => void, signal: AbortSignal): Promise<Attachment> {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.set("file", file);
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total));
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer as Attachment);
      else reject(new Error((answer as { message?: string } | null)?.message ?? "The server has refused the image."));
    });
    request.addEventListener("error", () => reject(new Error("The server cannot be reached. Try again.")));
    request.addEventListener("abort", () => reject(new Error("Cancelled.")));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", "/api/uploads");
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
