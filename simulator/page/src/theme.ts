const remembered = "sounder-theme"
const themes = ["auto", "light", "dark"] as const

/** The colours of the page; `auto` follows the system. */
export type Theme = (typeof themes)[number]

/** Applies the stored theme. */
export function restoreTheme(): void {
  setTheme(currentTheme())
}

/** Returns the current theme. */
export function currentTheme(): Theme {
  const theme = localStorage.getItem(remembered)
  return themes.find((each) => each === theme) ?? "auto"
}

/** Applies and stores a theme. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(remembered, theme)
  document.documentElement.dataset["theme"] = theme
}

/** Returns the theme after a theme, in a cycle. */
export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto"
}
