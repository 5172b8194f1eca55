/** The tools are in the folder above: Next would otherwise take the topmost lockfile for the root. */
export default { turbopack: { root: process.env.TOOLS } };
