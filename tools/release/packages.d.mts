export interface Published {
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly private?: boolean };
}
export function publishedPackages(): Published[];
export function inOrder(packages: readonly Published[]): Published[];
