/** Before all tests: create-wingbeat has its templates, as when it is packed. */
import { copyTemplate } from "../packages/copy-template.mjs";

export const setup = copyTemplate;
