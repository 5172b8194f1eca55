/**
 * The Phoenix Channels wire protocol. Applications install `wingbeat` or `@wingbeat/client`, which are built on this
 * package; install it alone to write a proxy, a test double or your own client. The rules are in PROTOCOL.md.
 */

// Messages and the protocol's own names
export { CLOSE, DISCONNECT, ERROR, HEARTBEAT, JOIN, LEAVE, PHOENIX_TOPIC, REPLY, Reason } from "./message.ts";
// The events of extensions (PROTOCOL.md, section 15)
export { ACK, EXPIRES, REFRESH, REFUSED } from "./message.ts";
// Recovery (PROTOCOL.md, section 16)
export { RECOVERY } from "./message.ts";
export { withPosition, withRecovery } from "./recovery.ts";
export type { JoinRecovery, RecoveryReason } from "./recovery.ts";
// Numbered pushes (PROTOCOL.md, section 17)
export { PUSHES } from "./message.ts";
export { withPushes, withPushState } from "./pushes.ts";
export type { JoinPushes, NumberedPush, PushState } from "./pushes.ts";
export type { ClientMessage, Message, Payload, Ref } from "./message.ts";

// Frame formats, for either end
export { DEFAULT_VSN, negotiateVersion } from "./version.ts";
export type { ProtocolVersion } from "./version.ts";
export type { ClientCodec, FrameData, ServerCodec } from "./codec.ts";
export { v1Client, v1Server } from "./v1.ts";
export { v2Server } from "./v2.ts";
export { readV2, v2Client, writeV2 } from "./v2-client.ts";
export type { V2Elements } from "./v2-client.ts";
export { DecodeError, EncodeError } from "./errors.ts";
export { DEFAULT_LIMITS, MAX_DEPTH, MAX_FIELD_BYTES } from "./limits.ts";
export type { FrameLimits } from "./limits.ts";
export { bytesOf } from "./bytes.ts";
export { jsonOf, MAX_LEVELS } from "./payload.ts";

// Ends of a connection
export { CloseCode } from "./close-code.ts";

// Types that travel from a server to its clients
export type { ChannelContract, Mistake, ParamsOf, ReplyContract, SocketContract, TopicOf } from "./contract.ts";
export type { ChannelAt, EventsOf, PayloadOf, ReplyOf, TopicsOf } from "./contract.ts";
