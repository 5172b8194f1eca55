/** The page: `npm run build:web` puts it into dist/, which the server serves. `npx vite web` is for working on it. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = "http://localhost:4000";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  server: {
    proxy: { "/api": server, "/socket": { target: server, ws: true } },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // The server's Content-Security-Policy allows no data: scripts and styles; small icons stay files as well.
    assetsInlineLimit: 0,
  },
});
