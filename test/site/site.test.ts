import { once } from "node:events"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { dirname, extname, join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import {
  type Browser,
  close,
  launch,
  violations,
  visit,
} from "../../simulator/test/page/browser.js"
import { ResultsFile, resultsFile } from "../../bench/dialogs/results-file.js"
import { finished, packageFolder } from "../support/built.js"
import { findProgram, onlyWith } from "../support/real-servers.js"

const dist = join(packageFolder, "site", "dist")
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}
const screens = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
] as const
const pages = [
  "/",
  "/guides/first-bot",
  "/guides/webhook",
  "/examples/reminder",
  "/errors",
  "/benchmarks/delivery",
]

/** Returns the file of a path of the site, as a web server with addresses without `.html` finds it. */
function fileOf(path: string): string | undefined {
  const place = join(dist, decodeURI(path))
  const files = path.endsWith("/") ? [join(place, "index.html")] : [place, `${place}.html`]
  return files.find((file) => extname(file) !== "" && existsSync(file))
}

describe("the site", { ...onlyWith("chromium"), timeout: 240_000 }, () => {
  let server: Server
  let browser: Browser
  let origin = ""

  beforeAll(async () => {
    const { status, output } = await finished("npm", ["run", "site"], packageFolder)
    expect(status, output).toBe(0)
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://site")
      const file = fileOf(pathname)
      if (file === undefined) return void response.writeHead(404).end()
      response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain" })
      response.end(readFileSync(file))
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launch(findProgram("chromium") ?? "")
  }, 600_000)

  afterAll(async () => {
    await close(browser)
    server.closeAllConnections()
    server.close()
  })

  test("every link leads to a page, and every anchor to a heading", () => {
    const names = readdirSync(dist, { recursive: true, encoding: "utf8" })
    const broken = names
      .filter((name) => name.endsWith(".html") && name !== "404.html")
      .flatMap((name) => linksOf(name).filter((link) => !isThere(link, name)))
    expect([...new Set(broken)]).toEqual([])
  })

  test.each(pages)("%s has no finding of axe and no error, on each screen", async (path) => {
    for (const screen of screens) {
      const { page, complaints } = await visit(browser, origin + path, screen)
      await page.locator("h1").first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(complaints).toEqual([])
      const isWider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
      expect(await page.evaluate(isWider)).toBe(false)
      await page.close()
    }
  })

  test.each([
    ["certificate", "/guides/certificates"],
    ["409", "/errors"],
    ["too many requests", "/errors"],
    ["session", "/guides/session"],
  ])("a search for %s finds %s", async (words, found) => {
    const { page } = await visit(browser, `${origin}/guides/`)
    await page.getByRole("button", { name: "Search" }).first().click()
    await page.locator("#localsearch-input").fill(words)
    const results = page.locator(`.results a[href^="${found}"]`)
    await results.first().waitFor()
    expect(await results.count()).toBeGreaterThan(0)
    await page.close()
  })

  test("the navigation writes the names of libraries as their authors do", () => {
    const html = readFileSync(join(dist, "guides", "index.html"), "utf8")
    const navigation = html.slice(html.indexOf("VPSidebarNav"), html.indexOf('id="VPContent"'))
    expect(navigation).toContain(">grammY<")
    expect(navigation).toContain(">python-telegram-bot<")
    expect(navigation).toContain(">Certificate<")
  })

  test("an example shows its behaviour first, then its parts, its start and its test", () => {
    const html = readFileSync(join(dist, "examples", "reminder.html"), "utf8")
    const files = [...html.matchAll(/<h2 [^>]*>([\w.-]+\.ts) /g)].map(([, name]) => name)
    expect(files).toEqual(["handlers.ts", "duration-of.ts", "bot.ts", "handlers.test.ts"])
  })

  test("the pages of the benches have plots of the recorded results", () => {
    const page = (name: string) => readFileSync(join(dist, "benchmarks", `${name}.html`), "utf8")
    const results = new ResultsFile(join(packageFolder, resultsFile)).read()
    for (const { stuck, dialogs } of Object.values(results)) {
      const share = ((100 * stuck) / dialogs).toLocaleString("en-US", { maximumFractionDigits: 1 })
      expect(page("dialogs")).toContain(`>${share}</text>`)
    }
    expect(page("delivery")).toMatch(/<figure class="plot">.*>handled twice<\/text>/)
  })

  test("a link to a file that is missing fails the build, whatever the file is", async () => {
    const links = ["no-page.md", "../no-page.md#part", "no-program.ts", "../../no-folder"]
    const small = smallSite({
      "docs/guides/README.md": links.map((link) => `- [a link](${link})\n`).join(""),
    })
    const built = await small.build()
    expect(built.status).toBe(1)
    const dead = [
      ...stripVTControlCharacters(built.output).matchAll(/dead link (\S+) in file (\S+)/g),
    ]
    expect(dead.map(([, link, file]) => [link, file])).toEqual(
      ["docs/guides/no-page.md", "docs/no-page.md", "docs/guides/no-program.ts", "no-folder"].map(
        (link) => [`/${link}`, "docs/guides/README.md"],
      ),
    )
  })

  test("the page of recorded speeds is listed, with a plot; without it the site is built, too", async () => {
    const { folder, build } = smallSite({ "docs/guides/README.md": "# Guides\n\n## Measured\n" })
    const without = await build()
    expect(without.status, without.output).toBe(0)
    const measurements = [
      { name: "import", target: 30, ms: 24 },
      { name: "webhook & grammY", target: 2, ratio: 3 },
      { name: "another framework", target: 0, ratio: 1 },
    ]
    const program = `import { record } from "./scripts/bench/record.mjs"; record(${JSON.stringify(measurements)})`
    const recorded = await finished(
      process.execPath,
      ["--input-type=module", "-e", program],
      folder,
    )
    expect(recorded.status, recorded.output).toBe(0)
    const built = await build()
    expect(built.status, built.output).toBe(0)
    const read = (name: string) => readFileSync(join(folder, "site", "dist", name), "utf8")
    const page = read("benchmarks/speed.html")
    expect(page).toMatch(/<figure class="plot">.*>webhook &amp; grammY<\/text>.*>150<\/text>/)
    expect(page).toContain("npm run bench -- --record")
    expect(page).toContain("<td>another framework</td>")
    expect(read("guides/index.html")).toContain('href="/benchmarks/speed"')
    expect(read("llms.txt")).toContain("- [Speed](/benchmarks/speed)")
  })

  test("llms.txt lists pages that are there", () => {
    const list = readFileSync(join(dist, "llms.txt"), "utf8")
    const paths = [...list.matchAll(/\]\((\/[^)#]*)/g)].map(([, path = ""]) => path)
    expect(paths.length).toBeGreaterThan(40)
    expect(paths.filter((path) => fileOf(path) === undefined)).toEqual([])
  })
})

/** Returns a site with few pages, to be built in a folder of its own. */
function smallSite(pages: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "sounder-site-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const part of ["site/.vitepress", "site/package.json", "bench", "scripts"]) {
    cpSync(join(packageFolder, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/\/(theme|cache|node_modules|results\.jsonl)$/.test(path),
    })
  }
  symlinkSync(join(packageFolder, "site", "node_modules"), join(folder, "site", "node_modules"))
  const texts = {
    "docs/guides/program.ts": "",
    "docs/benchmarks/program.ts": "",
    "examples/README.md": "[A program](../docs/guides/program.ts)\n",
    "site/reference/index.md": "",
    ...pages,
  }
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const vitepress = join("node_modules", "vitepress", "bin", "vitepress.js")
  const build = () => finished(process.execPath, [vitepress, "build"], join(folder, "site"))
  return { folder, build }
}

/** Returns the links of a page to pages of the site. */
function linksOf(name: string): string[] {
  const html = readFileSync(join(dist, name), "utf8")
  const links = [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, link = ""]) => link)
  return links.filter((link) => !/^\w+:/.test(link))
}

function isThere(link: string, from: string): boolean {
  const { pathname, hash } = new URL(link.replaceAll("&amp;", "&"), `http://site/${from}`)
  const file = link.startsWith("#") ? join(dist, from) : fileOf(pathname)
  if (file === undefined) return false
  const id = decodeURIComponent(hash.slice(1))
  return id === "" || idsOf(file).has(id)
}

/** The ids of the headings of each page that was asked for. */
const ids = new Map<string, ReadonlySet<string>>()

function idsOf(file: string): ReadonlySet<string> {
  const known = ids.get(file)
  if (known) return known
  const matches = readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g)
  const found = new Set([...matches].map(([, id = ""]) => id))
  ids.set(file, found)
  return found
}
