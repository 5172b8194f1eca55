/** The most memory that one client can make the server hold with the defaults: docs/reference/limits.md, "What one client can cost". */
import { WEBSOCKET_LIMITS } from "../../../src/endpoint/config.ts";
import { SOCKET_LIMITS } from "../../../src/socket.ts";

/** How much more memory a frame takes decoded than as JSON, at the most: nested lists. */
const DECODED = 28;
/** How much a socket is read at once. */
const READ = 65_536;
/** What makes clients slow costs four times the limit at once. */
const HARD_BUFFER = 4;
/** Frames that may come out of compressed ones when nothing is read any more. */
const INFLATED = 4;
/** Characters of two bytes. */
const TEXT = 2;

const { maxFrameSize, maxBufferedBytes } = WEBSOCKET_LIMITS;
const { maxMailboxBytes } = SOCKET_LIMITS;

const waiting = maxMailboxBytes + DECODED * maxFrameSize;
const handled = (DECODED + TEXT) * maxFrameSize;
const received = INFLATED * maxFrameSize + READ;
const written = HARD_BUFFER * maxBufferedBytes;

/** Bytes of heap and buffers. */
export const PER_CONNECTION = waiting + handled + received + written;
