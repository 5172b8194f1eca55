import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { SocketProvider } from "./realtime.ts";
import "./style.css";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SocketProvider url="/socket">
      <App />
    </SocketProvider>
  </StrictMode>,
);
