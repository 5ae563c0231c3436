import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

/** A file that a person chooses. */
interface ChosenFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** A selection of elements of a page, with methods that wait for them. */
export interface Locator {
  first(): Locator
  nth(index: number): Locator
  locator(selector: string): Locator
  getByRole(role: string, options?: { name?: string | RegExp }): Locator
  getByText(text: string | RegExp): Locator
  last(): Locator
  click(options?: { button: "right" }): Promise<void>
  hover(): Promise<void>
  focus(): Promise<void>
  fill(text: string): Promise<void>
  setInputFiles(files: ChosenFile | readonly ChosenFile[]): Promise<void>
  waitFor(options?: { timeout?: number }): Promise<void>
  count(): Promise<number>
  isVisible(): Promise<boolean>
  innerText(): Promise<string>
  inputValue(): Promise<string>
  getAttribute(name: string): Promise<string | null>
  allTextContents(): Promise<string[]>
  evaluate<T>(run: (element: { naturalWidth: number }) => T): Promise<T>
}

/** A page in the browser. */
export interface Page extends Pick<Locator, "locator" | "getByRole" | "getByText"> {
  readonly keyboard: { type(text: string): Promise<void>; press(key: string): Promise<void> }
  frameLocator(selector: string): Pick<Locator, "locator" | "getByRole">
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

/** The part of Playwright that the tests use. Playwright's own types need the types of the DOM. */
export interface Browser {
  newPage(options: object): Promise<Page>
  once(event: "disconnected", listener: () => void): void
  close(): Promise<void>
}

const load = createRequire(import.meta.url)
const { chromium } = load("playwright-core") as {
  chromium: { launch(options: object): Promise<Browser> }
}

/** The arguments of Chromium in every test. */
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

/** The screen of a browser. */
export interface Viewing {
  readonly colorScheme?: "light" | "dark"
  readonly width?: number
  readonly hasTouch?: boolean
  readonly isMobile?: boolean
  /** The user and the password that the browser sends when a server asks for them. */
  readonly httpCredentials?: { readonly username: string; readonly password: string }
}

/** Opens an address, and collects the errors of the page. */
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

/** Returns the findings of axe about a page, a line per rule. */
export async function violations(page: Page): Promise<string[]> {
  const axe = load.resolve("axe-core/axe.min.js")
  // The evaluation bypasses the page's Content-Security-Policy, which permits no foreign script.
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

/** Closes a browser, and waits for its end. */
export async function close(browser: Browser): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    browser.once("disconnected", () => resolve())
  })
  await browser.close()
  await gone
}
