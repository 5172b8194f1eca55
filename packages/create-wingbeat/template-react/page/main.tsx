import { indexedDBOutbox } from "@wingbeat/client/outbox";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { SocketProvider } from "./realtime.ts";
import { tab } from "./tab.ts";

addEventListener("hashchange", () => location.reload());

// What is written without a connection is kept in the browser: Vite reloads the page when a stopped server is back.
const options = { outbox: { storage: indexedDBOutbox(tab) } };

createRoot(document.body).render(
  <StrictMode>
    <SocketProvider url="/socket" options={options}>
      <App />
    </SocketProvider>
  </StrictMode>,
);
