/** What the environment says, read once. */
import { fileURLToPath } from "node:url";

export interface Settings {
  readonly port: number;
  readonly host: string;
  /** `postgres://…`. Undefined: PGlite, in the data folder. */
  readonly databaseUrl: string | undefined;
  /** The database of PGlite and the secret. */
  readonly dataFolder: string;
  /** `redis://…`. Undefined: this process is alone. */
  readonly redisUrl: string | undefined;
  /** Undefined: one that is kept in the data folder. */
  readonly secretKeyBase: string | undefined;
  readonly idleMs: number | undefined;
  readonly trustProxy: number;
  readonly demo: boolean;
  readonly dev: boolean;
}

const DATA = fileURLToPath(new URL("../../data", import.meta.url));

/** Throws an error whose message says what to change. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const text = (name: string): string | undefined => environment[name] || undefined;
  const settings: Settings = {
    port: number(environment, "PORT", 65_535) ?? 4000,
    host: text("HOST") ?? "127.0.0.1",
    databaseUrl: text("DATABASE_URL"),
    dataFolder: text("DATA_DIR") ?? DATA,
    redisUrl: text("REDIS_URL"),
    secretKeyBase: text("SECRET_KEY_BASE"),
    idleMs: number(environment, "SLACK_IDLE_MS"),
    trustProxy: number(environment, "TRUST_PROXY", 10) ?? 0,
    demo: environment["SLACK_DEMO"] !== "0",
    dev: environment["SLACK_DEV"] === "1",
  };
  check(settings);
  return settings;
}

function check({ databaseUrl, redisUrl, secretKeyBase }: Settings): void {
  if (secretKeyBase !== undefined && Buffer.byteLength(secretKeyBase) < 20) {
    throw new Error("SECRET_KEY_BASE is too short. Make one: openssl rand -base64 48");
  }
  if (redisUrl === undefined) return;
  if (secretKeyBase === undefined) {
    throw new Error(
      "REDIS_URL is for several processes, and they need the same SECRET_KEY_BASE. Make one: openssl rand -base64 48",
    );
  }
  if (databaseUrl === undefined) {
    throw new Error("REDIS_URL is for several processes, and they need one PostgreSQL server: set DATABASE_URL.");
  }
}

function number(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new Error(`${name} must be a whole number${max < 100_000 ? ` from 0 to ${max}` : ""}, not "${text}".`);
}
