/** For drizzle-kit, which makes `migrations/` from the schema: `npx drizzle-kit@0.31.11 generate`. */
export default {
  dialect: "postgresql",
  schema: "./src/database/schema.ts",
  out: "./migrations",
  casing: "snake_case",
};
