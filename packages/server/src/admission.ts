/**
 * Admission: who may connect. It takes a `Visit`, which every host makes of its requests, and returns what the socket needs,
 * or a `Refusal`. It knows no host and no transport.
 */
export { admit, refuseAdmitted, reportAdmitted, screen } from "./admission/admit.ts";
export type { Admitted } from "./admission/admit.ts";
export { admitHandshake } from "./admission/handshake.ts";
export { Refusal } from "./admission/refusal.ts";
export type { AdmissionRules, EndpointRules, Screened } from "./admission/rules.ts";
export type { Visit } from "./admission/visit.ts";
