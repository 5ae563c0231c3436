/**
 * Bundles the compiler's output of a folder, in place: one file for every path that package.json
 * names, and shared files for common parts. One JavaScript file loads several times faster than
 * more than a hundred; the types are reduced to those that a user can import.
 *
 * `node scripts/bundle.mjs PACKAGE FOLDER`
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import { rolldown } from "rolldown"
import { dts } from "rolldown-plugin-dts"

const [packageFolder = ".", folder = "dist"] = process.argv.slice(2).map((path) => resolve(path))
const { exports, imports, bin } = JSON.parse(
  readFileSync(join(packageFolder, "package.json"), "utf8"),
)

/** The names of the shared files for `sounder/webhook`, and for the rest of `sounder`. */
const [everywhere, onNode] = ["everywhere", "on-node"]

const common = {
  // With the platform Node, the bundler would import `node:module` in files that also run
  // elsewhere.
  platform: "neutral",
  // Installed packages, and modules that package.json chooses by runtime.
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  // Without the paths of the modules, which would change with each build.
  experimental: { attachDebugInfo: "none" },
}
const codeInputs = inputs([exports, imports ?? {}, bin], ".js")
const code = await bundled(
  { ...common, input: codeInputs },
  // The types keep their comments; in the code, comments would only slow down loading.
  {
    entryFileNames: "[name].js",
    chunkFileNames: chunkName(".js"),
    comments: false,
    codeSplitting: { groups: await commonGroups(codeInputs) },
  },
)
const types = await bundled(
  {
    ...common,
    input: inputs(exports, ".d.ts"),
    plugins: [dts({ dtsInput: true, tsconfig: false })],
    // Drops imports that no declaration uses.
    treeshake: { moduleSideEffects: false },
  },
  { entryFileNames: "[name].ts", chunkFileNames: chunkName(".d.ts") },
)
for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
for (const { fileName, code: text } of code) write(fileName, ascii(text))
for (const { fileName, code: text } of types) write(fileName, withLibrary(text))

/**
 * Returns the groups of modules that share a file. Each file takes time to load, so `sounder` loads two
 * shared files and not thirty: the modules of `sounder/webhook`, which run everywhere, and all others.
 */
async function commonGroups(files) {
  const [neutral, main] = [await modulesOf(files.webhook), await modulesOf(files.index)]
  for (const id of [files.webhook, files.index]) for (const ids of [neutral, main]) ids.delete(id)
  return [
    { name: everywhere, test: (id) => neutral.has(id) },
    { name: onNode, test: (id) => main.has(id) && !neutral.has(id) },
  ]
}

/** Returns the files that an entry imports, except those that it imports dynamically. */
async function modulesOf(file) {
  if (file === undefined) return new Set()
  const bundle = await rolldown({ ...common, input: { entry: file } })
  const { output } = await bundle.generate({ format: "esm" })
  await bundle.close()
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set()
  const visit = (chunk) => {
    for (const id of chunk.moduleIds) found.add(id)
    for (const name of chunk.imports) if (chunks.has(name)) visit(chunks.get(name))
  }
  visit(output.find((chunk) => chunk.isEntry))
  return found
}

async function bundled(options, output) {
  const bundle = await rolldown(options)
  const result = await bundle.generate({ format: "esm", ...output })
  await bundle.close()
  return result.output
}

/**
 * Returns the files of `dist/` with an extension that a part of package.json names, by their names
 * without it.
 */
function inputs(part, ending) {
  const pattern = new RegExp(`dist/([\\w/-]+)${ending.replaceAll(".", "\\.")}"`, "g")
  const names = [...JSON.stringify(part).matchAll(pattern)].map(([, name]) => name)
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name + typesSuffix(ending), join(folder, name + ending)]),
  )
}

/** Returns the suffix `.d`, which the plugin for types expects in the names of its entries. */
function typesSuffix(ending) {
  return ending === ".d.ts" ? ".d" : ""
}

/** Returns the name of a shared file, after the largest module in it: `shared/bot-caller.js`. */
function chunkName(ending) {
  return ({ moduleIds, name: chunk }) => {
    if (chunk === everywhere || chunk === onNode) return `shared/${chunk}${ending}`
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

/**
 * Adds a reference to the library of `AsyncDisposable`, which few projects have, and removes
 * comments about origins.
 */
function withLibrary(text) {
  const own = text.replaceAll(/^\/\/ \S+\.d\.ts\n/gm, "")
  const library = /\b(AsyncDisposable|Symbol\.asyncDispose)\b/
  return library.test(own) ? `/// <reference lib="esnext.disposable" />\n${own}` : own
}

/**
 * Returns code with an escape for each character beyond ASCII, all of which are in strings and patterns: V8 keeps
 * the text in half as much memory, and loads it faster.
 */
function ascii(text) {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

function write(fileName, text) {
  const file = join(folder, fileName)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
