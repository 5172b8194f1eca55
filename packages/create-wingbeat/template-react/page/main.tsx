import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { SocketProvider } from "./realtime.ts";

addEventListener("hashchange", () => location.reload());

createRoot(document.body).render(
  <StrictMode>
    <SocketProvider url="/socket">
      <App />
    </SocketProvider>
  </StrictMode>,
);
