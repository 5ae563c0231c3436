import { existsSync } from "node:fs"
import { createRequire } from "node:module"

/** The part of Playwright that the benches use; Playwright's own types require browser types. */
export interface Page {
  goto(url: string): Promise<unknown>
  evaluate(script: string): Promise<unknown>
  getByRole(role: string, options: { name: string }): { click(): Promise<void> }
  getByText(text: string): { first(): { waitFor(): Promise<void> } }
  locator(selector: string): { first(): { waitFor(): Promise<void> } }
}

/** A running Chromium. */
export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

const { chromium } = createRequire(import.meta.url)("playwright-core") as {
  chromium: { launch(options: object): Promise<Browser> }
}

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

/** Ends the bench with a line that gives the reason unless there is a Chromium. */
export function requireChromium(): void {
  if (existsSync(executablePath)) return
  console.log(`Not measured: there is no ${executablePath} (set CHROMIUM)`)
  process.exit(0)
}

/** Starts Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  })
}
