// Dialogs of the frame: data-opens="id" opens one, data-closes closes it, a click beside it does too; focus goes back.

import { toast } from "./toast-list.js";

/** Open a modal dialog; it tells itself by a bubbling "opened" event inside. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return dialog;
  dialog.showModal();
  for (const child of dialog.children) child.dispatchEvent(new CustomEvent("opened"));
  return dialog;
}

export function wireDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      openDialog(opener.dataset.opens);
      return;
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement && event.target.open) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });

  // Menus made of <details> close when one looks elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.account[open], details.more[open], details.pick-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.account[open], details.more[open], details.pick-menu[open]")) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openDialog("palette");
    }
  });
  addEventListener("unhandledrejection", ({ reason }) => {
    if (reason?.name === "AbortError") return;
    if (typeof reason?.status === "number") toast(reason.message, { wrong: true });
  });
}
