export function manifestWith(text: string, version: string, names: ReadonlySet<string>, isPublished: boolean): string;
export function datedChangelog(text: string, version: string, date: string): string;
