/**
 * "Coming from …": the servers of each document, and a page for each. All pages of a document print its first block of text,
 * the original's and ours, where the original can be run. phoenix.js and Supabase's client are originals that talk to our server.
 */
export const PORTS: Readonly<
  Record<string, readonly { readonly server: string; readonly pages: readonly string[] }[]>
> = {
  "docs/from/socket-io.md": [
    { server: "before/server.ts", pages: ["before/page.ts"] },
    { server: "after/server.ts", pages: ["after/page.ts"] },
  ],
  "docs/from/phoenix.md": [{ server: "server.ts", pages: ["before/page.ts", "after/page.ts"] }],
  "docs/from/supabase.md": [{ server: "server.ts", pages: ["before/page.ts", "after/page.ts"] }],
  "docs/from/partykit.md": [{ server: "server.ts", pages: ["page.ts"] }],
  "docs/from/anycable.md": [{ server: "server.ts", pages: ["page.ts"] }],
};
