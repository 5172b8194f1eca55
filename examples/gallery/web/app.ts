/** Shows two windows of an example side by side, in the place of its picture. */
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-windows]")) {
  const card = button.closest<HTMLElement>(".example") as HTMLElement;
  const stage = card.querySelector(".stage") as HTMLElement;
  const picture = [...stage.childNodes];
  const title = card.querySelector("h2")?.textContent ?? "";
  button.addEventListener("click", () => {
    const isOpen = card.classList.toggle("live");
    const addresses = (button.dataset["windows"] ?? "").split(" ");
    stage.replaceChildren(...(isOpen ? addresses.map((address, index) => frame(title, address, index + 1)) : picture));
    button.textContent = isOpen ? "Close the windows" : "Two windows";
    button.setAttribute("aria-expanded", String(isOpen));
    button.ariaLabel = isOpen ? `Close the windows of ${title}` : `Two windows of ${title}`;
    card.scrollIntoView({ block: "nearest" });
  });
}

function frame(title: string, address: string, number: number): HTMLIFrameElement {
  const made = document.createElement("iframe");
  made.title = `${title}, window ${number}`;
  made.name = `window-${number}`; // frames of one page share its sessionStorage: by this the example tells them apart
  made.src = address;
  return made;
}
