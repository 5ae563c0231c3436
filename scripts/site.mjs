/**
 * `npm run site`: builds the documentation as a site in `site/dist/`, without a network but for the
 * installation: the reference of all public names from the doc comments, the pages of `docs/` and
 * `examples/`, a search, and `llms.txt`. A link that leads nowhere fails the build.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fail, install, prepare, root, run } from "./prepare.mjs"

const site = join(root, "site")
const reference = join(site, "reference")

// The sources import the types of the simulator, which its build writes.
prepare()
install("site")
writeReference()
build()

/** Writes the reference: a page for each path that a program can import. */
function writeReference() {
  rmSync(reference, { recursive: true, force: true })
  const entries = [...importNames()].map(([, source]) => join(root, "src", `${source}.ts`))
  const options = ["--options", join(site, "typedoc.json"), "--out", reference]
  step("typedoc", [join("node_modules", "typedoc", "bin", "typedoc"), ...options, ...entries])
  const titles = new Map(
    [...importNames()].map(([name, source]) => [source.replace(/\/index$/, ""), name]),
  )
  for (const path of readdirSync(reference, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".md")) continue
    const text = readFileSync(join(reference, path), "utf8")
    writeFileSync(join(reference, path), withImportNames(text, titles))
  }
}

/** Returns the names that a program imports, each with the source of its module. */
function importNames() {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return new Map(
    Object.entries(exports)
      .filter(([, target]) => target.types)
      .map(([path, { types }]) => [
        path.replace(/^\./, name),
        types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, ""),
      ]),
  )
}

/** Replaces the names of modules in headings and links by the names that a program imports. */
function withImportNames(text, titles) {
  return text
    .replace(/^# (\S+)$/m, (line, module) => `# ${titles.get(module) ?? module}`)
    .replace(/^- \[([\w/-]+)\]\(/gm, (line, module) => `- [${titles.get(module) ?? module}](`)
}

function build() {
  step("vitepress", [join("node_modules", "vitepress", "bin", "vitepress.js"), "build", site])
}

/** Runs a program of the site's packages; a failure ends this one. */
function step(name, [program, ...args]) {
  const { status } = run(process.execPath, [join(site, program), ...args])
  if (status !== 0) fail(`${name} failed: see the errors above.`)
}
