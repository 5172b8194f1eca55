/** What codes and stages mean, and what to do. */

export const STAGES: Readonly<Record<string, string>> = {
  version: "A client asks for a version of the protocol that is not spoken here.",
  origin: "A page of another host wants to connect: checkOrigin says which may.",
  subprotocol: "A client offers only subprotocols that are not served.",
  "auth token": "The token in the subprotocol cannot be read.",
  connect: "Your connect has refused: most often a login that has expired.",
  "connect crashed": "Your connect threw: the log has the stack.",
  request: "The request is not one for a WebSocket or a long poll.",
  limit: "A connection limit is reached: raise the option that the reason names, or add nodes.",
  draining: "The node is stopping and takes no more clients.",
  timeout: "Your connect took longer than connectTimeout.",
  gone: "The client left before it was answered.",
};

export const CLOSES: Readonly<Record<number, string>> = {
  1000: "The client has disconnected.",
  1001: "A page was closed, or the node is stopping.",
  1002: "No data came for too long, or it broke the WebSocket protocol.",
  1003: "A kind of data that is not taken.",
  1005: "The client closed without a code.",
  1006: "The network is gone, or a proxy has cut the connection: look at its timeouts.",
  1008: "The client ignored a rate limit.",
  1009: "A frame was larger than maxFrameSize.",
  1011: "A frame could not be read as a message, or exceeded a limit.",
  1012: "The node has restarted: the client comes back.",
  1013: "A slow client: it did not read what was sent to it.",
  4401: "The login has expired: the client comes back with a new one.",
  4403: "Your connect has refused the renewed login.",
};
