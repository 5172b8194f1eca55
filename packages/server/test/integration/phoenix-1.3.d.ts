/** The old client has no types of its own; what tests use of it has the same shape today. */
declare module "phoenix-1.3" {
  const phoenix: { readonly Socket: typeof import("phoenix").Socket };
  export default phoenix;
}
