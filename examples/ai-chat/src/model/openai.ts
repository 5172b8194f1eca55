/** Any server with OpenAI's `POST /chat/completions`: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, a gateway. */
import type { Model, Turn } from "./model.ts";
import { eventsOf } from "./event-stream.ts";

export interface OpenAiOptions {
  /** With the version: `https://api.openai.com/v1`, `http://localhost:11434/v1`. */
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
  /** How long the server may send nothing, in ms. Default 60,000. */
  readonly silence?: number;
}

/** The part of an event that is read. */
interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly message?: string } | string;
}

export class OpenAiModel implements Model {
  readonly name: string;
  readonly #options: OpenAiOptions;

  constructor(options: OpenAiOptions) {
    this.name = options.model;
    this.#options = options;
  }

  async *answer(conversation: readonly Turn[], signal: AbortSignal): AsyncIterable<string> {
    const { silence = 60_000 } = this.#options;
    const watch = new AbortController();
    const timer = setTimeout(() => watch.abort(), silence);
    try {
      const response = await this.#ask(conversation, AbortSignal.any([signal, watch.signal]));
      for await (const data of eventsOf(response)) {
        timer.refresh();
        if (data === "[DONE]") return;
        const { choices, error } = parse(data);
        if (error !== undefined) throw new Error(`The model has failed: ${messageOf(error)}`);
        const text = choices?.[0]?.delta?.content;
        if (text) yield text;
      }
      throw new Error("The model's server has closed the connection before the end of the answer.");
    } catch (error) {
      if (!watch.signal.aborted) throw error;
      throw new Error(`The model has sent nothing for ${silence / 1_000} seconds.`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(messages: readonly Turn[], signal: AbortSignal): Promise<Response> {
    const { url, key, model } = this.#options;
    const response = await fetch(`${url.replace(/\/+$/, "")}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify({ model, messages, stream: true }),
      signal,
    }).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new Error(`The model's server cannot be reached at ${url}. Is it running?`, { cause: error });
    });
    if (response.ok) return response;
    throw new Error(`The model's server has answered ${response.status}: ${reasonIn(await response.text())}`);
  }
}

function parse(data: string): Chunk {
  try {
    return JSON.parse(data) as Chunk;
  } catch {
    throw new Error("The model's server has sent something that is not JSON.");
  }
}

/** What servers say when they refuse: `{"error":{"message":…}}`, or a page of a proxy, of which a line is enough. */
function reasonIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as Chunk;
    if (error !== undefined) return messageOf(error);
  } catch {
    // Not JSON: shown as it is.
  }
  return body.trim().slice(0, 200) || "no reason given.";
}

function messageOf(error: NonNullable<Chunk["error"]>): string {
  return (typeof error === "string" ? error : error.message) ?? "no reason given.";
}
