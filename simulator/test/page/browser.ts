import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

/** A file as a person chooses it. */
interface ChosenFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** Finds parts of a page, and waits for them. */
export interface Locator {
  first(): Locator
  nth(index: number): Locator
  locator(selector: string): Locator
  getByRole(role: string, options?: { name?: string | RegExp }): Locator
  getByText(text: string | RegExp): Locator
  click(): Promise<void>
  hover(): Promise<void>
  focus(): Promise<void>
  fill(text: string): Promise<void>
  setInputFiles(files: ChosenFile | readonly ChosenFile[]): Promise<void>
  waitFor(options?: { timeout?: number }): Promise<void>
  count(): Promise<number>
  isVisible(): Promise<boolean>
  innerText(): Promise<string>
  inputValue(): Promise<string>
  allTextContents(): Promise<string[]>
  evaluate<T>(run: (element: { naturalWidth: number }) => T): Promise<T>
}

/** A page in the browser. */
export interface Page extends Pick<Locator, "locator" | "getByRole" | "getByText"> {
  readonly keyboard: { type(text: string): Promise<void>; press(key: string): Promise<void> }
  getByLabel(text: string, options?: { exact?: boolean }): Locator
  goto(url: string): Promise<unknown>
  reload(): Promise<unknown>
  goBack(): Promise<unknown>
  title(): Promise<string>
  evaluate(script: string): Promise<unknown>
  on(event: "pageerror", listener: (error: Error) => void): void
  on(event: "console", listener: (line: { type(): string; text(): string }) => void): void
  close(): Promise<void>
}

/** What the tests use of Playwright, whose own types want those of a browser. */
export interface Browser {
  newPage(options: object): Promise<Page>
  once(event: "disconnected", listener: () => void): void
  close(): Promise<void>
}

const load = createRequire(import.meta.url)
const { chromium } = load("playwright-core") as {
  chromium: { launch(options: object): Promise<Browser> }
}

/** How Chromium is started wherever the tests run. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
]

/** Starts Chromium without a window. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args })
}

/** The screen on which a page is looked at. */
export interface Viewing {
  readonly colorScheme?: "light" | "dark"
  readonly width?: number
  readonly hasTouch?: boolean
  readonly isMobile?: boolean
}

/** Opens an address; whatever the page complains about is collected. */
export async function visit(
  browser: Browser,
  url: string,
  options: Viewing = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { colorScheme = "light", width = 1280, ...device } = options
  const viewport = { width, height: 760 }
  const permissions = ["microphone"]
  const page = await browser.newPage({ viewport, colorScheme, permissions, ...device })
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
  const axe = load.resolve("axe-core/axe.min.js")
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
  const gone = new Promise<void>((resolve) => {
    browser.once("disconnected", () => resolve())
  })
  await browser.close()
  await gone
}
