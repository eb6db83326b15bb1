// <theme-switch>: dark, light or as the system. Kept in a cookie, so that the next page comes in it from the start.

const YEAR = 31_536_000;

/** Pin the theme, or follow the system's. */
export function setTheme(theme) {
  const pinned = theme === "dark" || theme === "light";
  if (pinned) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.cookie = `theme=${pinned ? theme : ""}; path=/; max-age=${pinned ? YEAR : 0}; samesite=lax`;
  for (const element of document.querySelectorAll("theme-switch")) element.mark();
}

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-theme-to]");
      if (button) setTheme(button.dataset.themeTo);
    });
    this.mark();
  }

  mark() {
    const now = document.documentElement.dataset.theme ?? "system";
    for (const button of this.querySelectorAll("[data-theme-to]")) button.setAttribute("aria-pressed", String(button.dataset.themeTo === now));
  }
}

customElements.define("theme-switch", ThemeSwitch);
