import { byId } from "./element.ts";

/** On narrow screens the side is closed until its title `#side-title` is pressed. */
export function foldSide(): void {
  const side = byId("side");
  const title = byId("side-title");
  title.addEventListener("click", () => {
    const isOpen = side.toggleAttribute("data-open");
    title.setAttribute("aria-expanded", String(isOpen));
  });
}
