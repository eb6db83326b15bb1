// Team and account: a changed role is sent at once; a button that takes something away asks once more, in place.

function wire(root) {
  for (const form of root.querySelectorAll("form[data-submits]")) {
    form.querySelector('button[type="submit"]').hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
  for (const button of root.querySelectorAll("button[data-sure]")) askOnce(button);
}

function askOnce(button) {
  const calm = button.textContent;
  const name = button.getAttribute("aria-label");
  let asked = false;
  const back = () => {
    asked = false;
    button.textContent = calm;
    button.setAttribute("aria-label", name);
  };
  button.addEventListener("click", (event) => {
    if (asked) return;
    event.preventDefault();
    asked = true;
    button.textContent = button.dataset.sure;
    button.removeAttribute("aria-label");
  });
  button.addEventListener("blur", back);
}

wire(document);
document.addEventListener("live-part", ({ detail }) => wire(detail));
