const remembered = "sounder-theme"
const themes = ["auto", "light", "dark"] as const

/** Light, dark, or as the system says. */
export type Theme = (typeof themes)[number]

/** Shows the theme that was chosen before. */
export function restoreTheme(): void {
  setTheme(currentTheme())
}

/** The theme that is chosen. */
export function currentTheme(): Theme {
  const theme = localStorage.getItem(remembered)
  return themes.find((each) => each === theme) ?? "auto"
}

/** Shows a theme, and keeps it. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(remembered, theme)
  document.documentElement.dataset["theme"] = theme
}

/** The one after a theme. */
export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto"
}
