/** Its own, though empty: without one, vitest takes that of a folder above, such as a monorepo's. */
export default {};
