/** Style sheets are imported by main.tsx; the bundler takes them out. */
declare module "*.css";
