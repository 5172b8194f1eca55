/** The old clients have no types of their own; what tests use of them has the same shape today. */
declare module "phoenix-1.3" {
  const phoenix: {
    readonly Socket: typeof import("phoenix").Socket;
    readonly LongPoll: typeof import("phoenix").LongPoll;
  };
  export default phoenix;
}

declare module "phoenix-1.2" {
  const phoenix: { readonly Socket: typeof import("phoenix").Socket };
  export default phoenix;
}
