/** What the pages of the examples share. */
export { ApiError, callApi } from "./api.ts";
export { showConnection } from "./connection.ts";
export { byId, element, fieldById, linkButton, timeOf } from "./element.ts";
export { failure, sentence, showError } from "./failure.ts";
export { Log } from "./log.ts";
export { askName } from "./name.ts";
export { foldSide } from "./side.ts";
export { keptAs } from "./window.ts";
