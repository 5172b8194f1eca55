/** `npm run docs:tables`: writes the parts of docs/reference that are made from the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument, root } from "./documents.ts";
import { completed, GENERATED } from "./reference.ts";

for (const page of Object.keys(GENERATED)) {
  writeFileSync(join(root, page), await completed(page, readDocument(page)));
}
