/** Run by npm before it packs create-wingbeat. */
import { copyTemplate } from "./copy-template.mjs";

copyTemplate();
