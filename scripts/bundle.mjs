/**
 * Bundles what the compiler has put into a folder, in its place: a file for every path that
 * package.json names, and files between for what several of them need. One file of JavaScript loads
 * several times faster than the hundred and more it is made of; of the types only those remain that
 * a user can meet.
 *
 *   node scripts/bundle.mjs PACKAGE FOLDER
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { rolldown } from "rolldown"
import { dts } from "rolldown-plugin-dts"

const [packageFolder = ".", folder = "dist"] = process.argv.slice(2).map((path) => resolve(path))
const { exports, imports, bin } = JSON.parse(
  readFileSync(join(packageFolder, "package.json"), "utf8"),
)

const common = {
  // For Node the bundler would put an import of `node:module` into files that run without Node.
  platform: "neutral",
  // What is installed beside the package, and what package.json chooses by the runtime.
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
}
const code = await bundled(
  { ...common, input: inputs([exports, imports ?? {}, bin], ".js") },
  // Comments stand in the types; here they would only be read at each start.
  { entryFileNames: "[name].js", chunkFileNames: chunkName(".js"), comments: false },
)
const types = await bundled(
  {
    ...common,
    input: inputs(exports, ".d.ts"),
    plugins: [dts({ dtsInput: true, tsconfig: false })],
    // An import of what no declaration names any more is left out.
    treeshake: { moduleSideEffects: false },
  },
  { entryFileNames: "[name].ts", chunkFileNames: chunkName(".d.ts") },
)
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
for (const { fileName, code: text } of code) write(fileName, text)
for (const { fileName, code: text } of types) write(fileName, withLibrary(text))

async function bundled(options, output) {
  const bundle = await rolldown(options)
  const result = await bundle.generate({ format: "esm", ...output })
  await bundle.close()
  return result.output
}

/** The files of `dist/` with an ending that a part of package.json names, by their names without it. */
function inputs(part, ending) {
  const pattern = new RegExp(`dist/([\\w/-]+)${ending.replaceAll(".", "\\.")}"`, "g")
  const names = [...JSON.stringify(part).matchAll(pattern)].map(([, name]) => name)
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name + typesSuffix(ending), join(folder, name + ending)]),
  )
}

/** The plugin for types takes its entries by their names with `.d`. */
function typesSuffix(ending) {
  return ending === ".d.ts" ? ".d" : ""
}

/** Names a file between the others for the largest file in it: `shared/bot-caller.js`. */
function chunkName(ending) {
  return ({ moduleIds }) => {
    const files = moduleIds
      .filter(isAbsolute)
      .filter((id) => statSync(id, { throwIfNoEntry: false }))
    const [largest] = files.toSorted((one, other) => statSync(other).size - statSync(one).size)
    if (largest === undefined) return `shared/runtime${ending}`
    const name = basename(largest).replace(/(\.d)?\.[jt]s$/, "")
    const floor = relative(folder, dirname(largest)).split(sep)[0]
    return `shared/${floor && floor !== name ? `${floor}-${name}` : name}${ending}`
  }
}

/** Names the library of `AsyncDisposable`, which few projects have, and leaves out where types came from. */
function withLibrary(text) {
  const own = text.replaceAll(/^\/\/ \S+\.d\.ts\n/gm, "")
  const library = /\b(AsyncDisposable|Symbol\.asyncDispose)\b/
  return library.test(own) ? `/// <reference lib="esnext.disposable" />\n${own}` : own
}

function write(fileName, text) {
  const file = join(folder, fileName)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
