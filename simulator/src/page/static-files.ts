import { ownValue } from "../ground/own-value.js"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** A file of the page with its headers. */
export interface StaticFile {
  readonly type: string
  readonly bytes: Buffer
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
}

// The folder differs: in the package the sources are bundled, in the repository they use the last
// build.
const folders = [".", "..", "../../dist"]

/**
 * Returns the files of the built page by their path, as in `/page/index.js`; `/` is the page
 * itself.
 */
export function staticFiles(): ReadonlyMap<string, StaticFile> {
  const folder = folders
    .map((dist) => fileURLToPath(new URL(`${dist}/static/`, import.meta.url)))
    .find((path) => existsSync(join(path, "index.html")))
  if (folder === undefined) {
    throw new Error("The chat page is not built: run `npm run build` first")
  }
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  return new Map(files.map(({ name }) => [pathOf(name), read(join(folder, name))]))
}

function pathOf(name: string): string {
  return name === "index.html" ? "/" : `/page/${name}`
}

function read(path: string): StaticFile {
  const type = ownValue(types, extname(path)) ?? "application/octet-stream"
  return { type, bytes: readFileSync(path) }
}
