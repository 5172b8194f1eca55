// @vitest-environment happy-dom
import { behavesAsABinding } from "../../client/test/bindings/behaviour.ts";
import { driver } from "./driver.ts";

behavesAsABinding("@wingbeat/react", driver);
