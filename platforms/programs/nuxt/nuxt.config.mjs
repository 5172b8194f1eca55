/** `nuxt build` gives a server for Node. */
export default { compatibilityDate: "2026-01-01", telemetry: false, devtools: { enabled: false } };
