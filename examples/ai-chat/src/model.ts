/** Which language model answers: a stand-in on this machine, or any server with OpenAI's API. */
import type { Model } from "./model/model.ts";
import { OpenAiModel } from "./model/openai.ts";
import { StandInModel } from "./model/stand-in.ts";

export type { Model } from "./model/model.ts";

/** Reads the environment: see README.md. */
export function modelFrom(env: NodeJS.ProcessEnv): Model {
  const url = env["OPENAI_BASE_URL"];
  if (!url) return new StandInModel(Number(env["TOKENS_PER_SECOND"] || 30));
  return new OpenAiModel({ url, key: env["OPENAI_API_KEY"], model: env["OPENAI_MODEL"] || "gpt-4o-mini" });
}
