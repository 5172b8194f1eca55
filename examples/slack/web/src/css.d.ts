/** Style sheets are imported beside the components that they are of; the bundler takes them out. */
declare module "*.css";
