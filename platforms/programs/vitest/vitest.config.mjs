/** A user's configuration: without one, Vitest would take that of this repository. */
export default { test: { include: ["*.test.js"] } };
