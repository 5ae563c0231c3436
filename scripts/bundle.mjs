/**
 * Bundles the JavaScript that the compiler has put into a folder, in its place: a file for every
 * path that package.json names, and what several of them need in files between. One file loads
 * several times faster than the hundred and more it is made of.
 *
 *   node scripts/bundle.mjs PACKAGE FOLDER
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { isAbsolute, join, resolve } from "node:path"
import { rolldown } from "rolldown"

const [packageFolder = ".", folder = "dist"] = process.argv.slice(2).map((path) => resolve(path))

const bundle = await rolldown({
  input: Object.fromEntries(entries().map((name) => [name, join(folder, `${name}.js`)])),
  platform: "node",
  // What is installed beside the package, and what package.json chooses by the runtime.
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
})
const { output } = await bundle.generate({
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "shared/[name]-[hash].js",
  // What is said of a name stands in the types; here it would only be read at each start.
  comments: false,
})
await bundle.close()
for (const file of readdirSync(folder, { recursive: true })) {
  if (file.endsWith(".js")) rmSync(join(folder, file))
}
mkdirSync(join(folder, "shared"), { recursive: true })
for (const { fileName, code } of output) writeFileSync(join(folder, fileName), code)

/** The files of `dist/` that package.json names, without `dist/` and their endings. */
function entries() {
  const {
    exports,
    imports = {},
    bin,
  } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"))
  const paths = JSON.stringify([exports, imports, bin])
  return [...new Set([...paths.matchAll(/dist\/([\w/-]+)\.js"/g)].map(([, name]) => name))]
}
