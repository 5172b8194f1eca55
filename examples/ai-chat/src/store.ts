/** The conversations, in memory and in one JSON file. Put your database here. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Message } from "./topics.ts";

/** The server changes messages in place; everyone else only reads them. */
export type StoredMessage = { -readonly [Key in keyof Message]: Message[Key] };

/** At most this many conversations are kept: the least recently used ones go. */
const MAX_CHATS = 1_000;
/** How often an answer under way is written to disk, in ms. What is newer is lost when the process is killed. */
const SAVE_AFTER = 500;

export class Store {
  readonly #file: string;
  readonly #chats: Map<string, StoredMessage[]>;
  #saving: NodeJS.Timeout | undefined;

  /** Makes the folder of the file. Throws when the file is there but cannot be read. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    this.#chats = new Map(Object.entries(read(file)));
  }

  /** Empty when nothing was said yet. */
  messages(chat: string): readonly StoredMessage[] {
    return this.#chats.get(chat) ?? [];
  }

  /** Also finds messages that have no conversation to be found by, such as those of a run. */
  message(id: string): StoredMessage | undefined {
    return this.#all().find((message) => message.id === id);
  }

  unfinished(): StoredMessage[] {
    return this.#all().filter(({ status }) => status === "writing");
  }

  /** On disk when it returns. */
  replace(chat: string, messages: readonly StoredMessage[]): void {
    this.#chats.delete(chat);
    this.#chats.set(chat, [...messages]);
    const [oldest] = this.#chats.keys();
    if (this.#chats.size > MAX_CHATS && oldest !== undefined) this.#chats.delete(oldest);
    this.save();
  }

  /** To be called after a message was changed: it is on disk soon. */
  changed(): void {
    this.#saving ??= setTimeout(() => this.save(), SAVE_AFTER);
  }

  /** Writes another file and renames it, so that a kill leaves the old one or the new one, and never half of it. */
  save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#chats)));
    renameSync(`${this.#file}.new`, this.#file);
  }

  #all(): StoredMessage[] {
    return [...this.#chats.values()].flat();
  }
}

function read(file: string): Record<string, StoredMessage[]> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  return JSON.parse(text) as Record<string, StoredMessage[]>;
}
