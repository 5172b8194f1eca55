/** Makes a textarea as high as its text; its style says how high at most. */
export function fitHeight(area: HTMLTextAreaElement | null): void {
  if (area === null) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
