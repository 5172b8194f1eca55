/** Sends an image to the server, with news of how far that is: `fetch` has none. */
import type { Attachment } from "@wingbeat/example-slack/contract";

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MAX_BYTES = 5 * 1024 * 1024;

/** Why a file is not even tried, as a sentence. */
function refusedFile({ name, type, size }: Pick<File, "name" | "type" | "size">): string | undefined {
  if (!IMAGE_TYPES.includes(type)) return `${name} is no PNG, JPEG, GIF or WebP image.`;
  if (size > MAX_BYTES) return `${name} is larger than 5 MB.`;
  return undefined;
}

/** As many as one message takes. */
const MAX_UPLOADS = 10;

/** Of files that were chosen: those that go with a message that has `held` images, and why others do not, in sentences. */
export function sortedOut<Chosen extends Pick<File, "name" | "type" | "size">>(
  files: Iterable<Chosen>,
  held: number,
): { readonly taken: readonly Chosen[]; readonly refusals: readonly string[] } {
  const taken: Chosen[] = [];
  const refusals: string[] = [];
  const left: Chosen[] = [];
  for (const file of files) {
    const refused = refusedFile(file);
    if (refused !== undefined) refusals.push(refused);
    else if (held + taken.length < MAX_UPLOADS) taken.push(file);
    else left.push(file);
  }
  if (left.length > 0) refusals.push(tooMany(left));
  return { taken, refusals };
}

function tooMany(left: readonly { readonly name: string }[]): string {
  const who = left.length === 1 ? `${left[0]?.name} is` : `${left.length} images are`;
  return `A message takes ${MAX_UPLOADS} images: ${who} left out.`;
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
