/**
 * Signed messages between nodes that share a secret: wraps any engine and adds an HMAC to its messages. Without the
 * secret, anybody who can write to the engine can neither forge a message nor redirect one to another node.
 *
 * A signed message: 1 byte kind (4), 1 byte destination (0: all nodes, 1: one node), 32 bytes HMAC-SHA256, then the
 * message. The HMAC covers the destination byte, the name of that node, and the message; its key is derived from the
 * secret and the namespace.
 */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { WingbeatError } from "../../errors.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "./engine.ts";

/** The first byte. */
export const SIGNED = 4;

const HEADER = 34;
const TO_ALL = 0;
const TO_NODE = 1;
const MIN_SECRET = 20;

/** Derives the keys: the first one signs, all are accepted. Throws `WB_OPTION`. */
export function signingKeys(where: string, secret: unknown, namespace: string): readonly KeyObject[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const isSecret = (one: unknown): one is string => typeof one === "string" && Buffer.byteLength(one) >= MIN_SECRET;
  if (secrets.length > 0 && secrets.every(isSecret)) {
    return secrets.map((one) => createSecretKey(createHmac("sha256", one).update(`wingbeat:${namespace}`).digest()));
  }
  throw new WingbeatError(
    "WB_OPTION",
    `${where}.secret must be a string of at least ${MIN_SECRET} bytes, or a list of them, the one that signs ` +
      "first. Generate one: openssl rand -base64 48",
  );
}

/** Wraps an engine with signatures. `refused` is called for messages without a valid one. */
export function signedEngine(engine: Engine, keys: readonly KeyObject[], refused: (error: Error) => void): Engine {
  return {
    name: engine.name,
    advice: engine.advice,
    streams: engine.streams,
    parallel: engine.parallel,
    connect(nodeName, events) {
      const connection = engine.connect(nodeName, {
        lost: (error) => events.lost(error),
        receive: (bytes) => receive(bytes, nodeName, keys, events, refused),
      });
      return signedConnection(connection, keys[0] as KeyObject);
    },
  };
}

function signedConnection(connection: EngineConnection, key: KeyObject): EngineConnection {
  return {
    ready: connection.ready,
    get maxBytes() {
      return connection.maxBytes - HEADER;
    },
    send: (parcels) => connection.send(parcels.map((parcel) => sign(parcel, key))),
    close: () => connection.close(),
  };
}

function sign(parcel: Parcel, key: KeyObject): Parcel {
  const { node, bytes } = parcel;
  const to = node === undefined ? TO_ALL : TO_NODE;
  return { ...parcel, bytes: Buffer.concat([Buffer.of(SIGNED, to), hmac(key, to, node, bytes), bytes]) };
}

function receive(
  signed: Uint8Array,
  nodeName: string,
  keys: readonly KeyObject[],
  events: EngineEvents,
  refused: (error: Error) => void,
): void {
  const isSigned = signed instanceof Uint8Array && signed[0] === SIGNED && signed.length >= HEADER;
  if (!isSigned) return refused(new RangeError("message is not signed"));
  const to = signed[1] === TO_ALL ? TO_ALL : TO_NODE;
  const signature = signed.subarray(2, HEADER);
  const bytes = signed.subarray(HEADER);
  const isValid = keys.some((key) =>
    timingSafeEqual(signature, hmac(key, to, to === TO_ALL ? undefined : nodeName, bytes)),
  );
  if (isValid) events.receive(bytes);
  else refused(new RangeError("message is signed for another node, or with another secret"));
}

function hmac(key: KeyObject, to: number, node: string | undefined, bytes: Uint8Array): Buffer {
  const header = Buffer.from(`${String(to)}${node ?? ""}\0`);
  return createHmac("sha256", key).update(header).update(bytes).digest();
}
