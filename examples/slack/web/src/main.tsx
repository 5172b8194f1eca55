import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style/tokens.css";
import "./style/base.css";
import { preloadParts } from "./preload.ts";
import { applyTheme, rememberedTheme } from "./theme.ts";

applyTheme(rememberedTheme());
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
window.addEventListener("load", preloadParts);
