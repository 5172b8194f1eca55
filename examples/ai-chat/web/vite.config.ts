import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The server's Content-Security-Policy allows no data: URLs for scripts and styles.
  build: { target: "es2023", assetsInlineLimit: 0 },
});
