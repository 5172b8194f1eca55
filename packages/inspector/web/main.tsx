/** The page of the inspector. */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Door } from "./live/door.ts";
import { applyTheme, rememberedTheme } from "./shell/theme.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/parts.css";
import "./style/table.css";
import "./style/tap.css";

applyTheme(rememberedTheme());
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App door={new Door(new URL(".", location.href).href)} />);
