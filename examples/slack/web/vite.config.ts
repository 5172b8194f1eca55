/** The page: `npm run build:page` puts it into dist/, which the server serves. `npx vite web` is for working on it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

const server = "http://localhost:4000";

/** Puts a compressed file beside each script and style: the server then only has to send it. */
const gzipped: Plugin = {
  name: "gzipped",
  apply: "build",
  writeBundle({ dir = "" }, bundle) {
    for (const fileName of Object.keys(bundle)) {
      if (!/\.(js|css)$/.test(fileName)) continue;
      const path = join(dir, fileName);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react(), gzipped],
  server: {
    proxy: { "/api": server, "/socket": { target: server, ws: true }, "/inspector": { target: server, ws: true } },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // The server's Content-Security-Policy allows no data: scripts and styles; small icons stay files as well.
    assetsInlineLimit: 0,
  },
});
