/** Next, with the app router: a client component with `@wingbeat/react`, rendered by a server component. */
import { join } from "node:path";
import { checkRendered } from "../rendered.mjs";

const bin = join(import.meta.dirname, "../node_modules/next/dist/bin/next");

export const check = () => checkRendered({ name: "next", title: "Next", build: [bin, "build"], serve: [bin, "start"] });
