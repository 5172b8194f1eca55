// An id and a name per tab, so that two tabs are two people. They survive a reload.
export const tab = kept("tab", Math.random().toString(36).slice(2));
export const firstName = kept("name", `Guest ${Math.floor(100 + Math.random() * 900)}`);

/** What this tab has stored under a key; at first the given value. */
function kept(key: string, first: string): string {
  const value = sessionStorage.getItem(key) ?? first;
  sessionStorage.setItem(key, value);
  return value;
}
