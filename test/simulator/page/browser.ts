import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { chromium, type Browser, type Page } from "playwright-core"

/** How Chromium is started wherever the tests run. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/** Starts Chromium without a window. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args })
}

/** Opens an address; whatever the page complains about is collected. */
export async function visit(
  browser: Browser,
  url: string,
  options: { colorScheme?: "light" | "dark"; width?: number } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { colorScheme = "light", width = 1280 } = options
  const page = await browser.newPage({ viewport: { width, height: 760 }, colorScheme })
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** What axe finds wrong with a page, a line for each rule. */
export async function violations(page: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")
  // Past the page's Content-Security-Policy, which lets no foreign script in.
  await page.evaluate(readFileSync(axe, "utf8"))
  const found = await page.evaluate("axe.run()")
  // As axe documents it.
  const { violations } = found as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
  }
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
  )
}

/** Closes a browser and waits for it to be gone. */
export async function close(browser: Browser): Promise<void> {
  const gone = new Promise<void>((resolve) => void browser.once("disconnected", () => resolve()))
  await browser.close()
  await gone
}
