/** What an app can begin as. */
import { CommandError } from "./command-error.ts";

export interface Template {
  /** Its folder in the package. */
  readonly folder: string;
  /** Another folder whose files replace those of the first, which are left out when `without` names them. */
  readonly overlay?: { readonly folder: string; readonly without: readonly string[] };
  /** What it is, for a list. */
  readonly label: string;
  /** What to do when it runs. */
  readonly next: string;
}

export const DEFAULT_TEMPLATE = "chat";

const CHAT_NEXT = "Then open http://localhost:4000 in two tabs and chat.";

/** By the name that `--template` takes. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  [DEFAULT_TEMPLATE]: {
    folder: "template",
    label: "chat: rooms, presence, and a page without a framework",
    next: CHAT_NEXT,
  },
  react: {
    folder: "template",
    overlay: { folder: "template-react", without: ["page/main.ts", "page/element.ts"] },
    label: "react: the same chat, with a page in React",
    next: CHAT_NEXT,
  },
  "ai-chat": {
    folder: "template-ai-chat",
    label: "ai-chat: answers of a language model that survive reloads and lost connections, with React",
    next: "Then open http://localhost:4000, ask something, and reload the page while it answers.",
  },
};

/** Throws `CommandError`. */
export function templateNamed(name: string): Template {
  const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (template !== undefined) return template;
  throw new CommandError(`There is no template "${name}". Choose one of: ${Object.keys(TEMPLATES).join(", ")}.`);
}
