/** `npm run inspector:fake`: the page over an invented world, for working on it. */
import { startFake } from "./server.ts";

const { url } = await startFake({ port: 4100 });
// oxlint-disable-next-line no-console -- it is a command
console.log(`The inspector of an invented world is at ${url}`);
