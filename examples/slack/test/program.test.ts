import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolder } from "../src/program/data-folder.ts";
import { connectRedis } from "../src/program/redis.ts";
import { readSettings } from "../src/program/settings.ts";

describe("settings", () => {
  it("are those of one process without any environment", () => {
    expect(readSettings({ PORT: "", DATABASE_URL: "" })).toEqual({
      port: 4000,
      host: "127.0.0.1",
      databaseUrl: undefined,
      dataFolder: expect.stringMatching(/slack[/\\]data$/) as string,
      redisUrl: undefined,
      secretKeyBase: undefined,
      idleMs: undefined,
      trustProxy: 0,
      demo: true,
      dev: false,
    });
  });

  it("for several processes need what these must share", () => {
    const redis = { REDIS_URL: "redis://127.0.0.1" };
    const secret = { ...redis, SECRET_KEY_BASE: "s".repeat(64) };

    expect(() => readSettings(redis)).toThrow("the same SECRET_KEY_BASE");
    expect(() => readSettings(secret)).toThrow("set DATABASE_URL");
    expect(readSettings({ ...secret, DATABASE_URL: "postgres://x" })).toMatchObject({ redisUrl: redis.REDIS_URL });
  });

  it("that make no sense are refused with what to change", () => {
    expect(() => readSettings({ PORT: "http" })).toThrow('PORT must be a whole number from 0 to 65535, not "http".');
    expect(() => readSettings({ PORT: "65536" })).toThrow("PORT");
    expect(() => readSettings({ SLACK_IDLE_MS: "-1" })).toThrow("SLACK_IDLE_MS");
    expect(() => readSettings({ SECRET_KEY_BASE: "short" })).toThrow("openssl rand -base64 48");
  });

  it("with a Redis that is not there say so", async () => {
    await expect(connectRedis("redis://127.0.0.1:1")).rejects.toThrow("Redis cannot be reached at REDIS_URL: connect");
  });
});

describe("the data folder", () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), "slack-data-")), "data");
  });
  afterEach(() => rmSync(join(path, ".."), { recursive: true, force: true }));

  it("keeps a secret that only its owner can read", () => {
    const secret = new DataFolder(path).secret();

    expect(Buffer.from(secret, "base64url")).toHaveLength(48);
    expect(new DataFolder(path).secret()).toBe(secret);
    expect(statSync(join(path, "secret")).mode & 0o777).toBe(0o600);
  });

  it("belongs to one process, until that ends", () => {
    writeFileSync(join(new DataFolder(path).database, "..", "process"), String(process.ppid));
    expect(() => new DataFolder(path).claim()).toThrow(`in use by process ${process.ppid}`);

    // No process has this number.
    writeFileSync(join(path, "process"), "99999999");
    const folder = new DataFolder(path);
    folder.claim();
    expect(readFileSync(join(path, "process"), "utf8")).toBe(String(process.pid));
    folder.release();
    expect(existsSync(join(path, "process"))).toBe(false);
  });
});
