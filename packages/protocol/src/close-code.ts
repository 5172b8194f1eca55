/**
 * WebSocket close codes of the protocol: who sends each, and what a client should do (PROTOCOL.md, section 9). Clients
 * reconnect after every close that they did not initiate. Official clients before 1.8.16 do not after 1000.
 */
export const CloseCode = {
  /**
   * The client is done. The server answers every close frame of a client with it, and never initiates a close with it.
   */
  normal: 1000,
  /** The server closed the connection by its socket id ("disconnect"). Reconnect. */
  goingAway: 1001,
  /** A frame broke RFC 6455 (unmasked, reserved bits), or nothing came from the client for too long. Reconnect. */
  protocolError: 1002,
  /** A text frame was not valid UTF-8. Reconnect. */
  invalidData: 1007,
  /** A message had more fragments than the server accepts, or the client ignores rate limits. Reconnect. */
  policyViolation: 1008,
  /** A frame was larger than the server accepts. Reconnect. */
  tooLarge: 1009,
  /** A frame could not be decoded as a message. Reconnect. */
  internalError: 1011,
  /** The server restarts. Reconnect after a random delay. */
  serviceRestart: 1012,
  /** The client reads too slowly: the server's buffer for it was full. Reconnect after a delay. */
  tryAgainLater: 1013,
  /** The client's login has expired, or belongs to somebody else by now. Reconnect with fresh params. */
  expired: 4401,
  /** To clients with extensions only: `connect` has refused. Stay away until the application asks for another try. */
  refused: 4403,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
