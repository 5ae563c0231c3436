/**
 * Prepares a clone that has only Node and npm: installs the dependencies and builds both
 * packages, each only if needed. It uses no package itself, and writes to stderr only, so that the
 * calling command's output stays clean.
 *
 * @module
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the clone. */
export const root = fileURLToPath(new URL("..", import.meta.url))

/**
 * The packages in the order of their dependencies: their folders, and the inputs of their builds.
 */
const packages = [
  { folder: "simulator", sources: ["src", "page"], finish: page },
  { folder: ".", sources: ["src"], finish: manPage },
]

/** Installs and builds missing or outdated parts; exits the process on a failure. */
export function prepare() {
  expectNode()
  install()
  build()
}

/**
 * Installs the dependencies of a folder unless its `node_modules` matches its lock file. Default: the
 * clone.
 */
export function install(folder = ".") {
  if (isInstalled(folder)) return
  say(`Installing the dependencies (npm ci in ${folder}) …`)
  const npm = npmCommand()
  const place = ["--prefix", folder]
  const { status } = run(npm.file, [...npm.arguments, "ci", ...place, "--no-audit", "--no-fund"])
  if (status !== 0) {
    fail("npm ci failed. Check the network and the registry, then run the same command again.")
  }
}

/**
 * Builds the `dist/` of each package unless it was built from the current sources. A failed build
 * leaves the old one.
 */
export function build() {
  for (const entry of packages) buildPackage(entry)
}

function buildPackage({ folder, sources, finish }) {
  const hash = sourcesHash(folder, sources)
  const dist = join(root, folder, "dist")
  const stamp = join(dist, ".built-from")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return
  say(`Building ${join(folder, "dist")}/ …`)
  const fresh = mkdtempSync(join(root, folder, ".dist-"))
  const project = join(folder, "tsconfig.build.json")
  const isBuilt = compile(project, fresh) && bundle(folder, fresh) && finish(fresh)
  if (isBuilt) {
    writeFileSync(join(fresh, ".built-from"), hash)
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
  }
  rmSync(fresh, { recursive: true, force: true })
  if (!isBuilt) fail("The build failed: see the errors above.")
}

/** Compiles a TypeScript project into a folder. Returns whether it had no errors. */
export function compile(project, folder) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc")
  return run(process.execPath, [tsc, "-p", project, "--outDir", folder]).status === 0
}

function bundle(folder, fresh) {
  const script = join(root, "scripts", "bundle.mjs")
  return run(process.execPath, [script, join(root, folder), fresh]).status === 0
}

/** Builds the simulator's chat page next to the code that serves it. */
function page(folder) {
  const vite = join(root, "node_modules", "vite", "bin", "vite.js")
  const config = join("simulator", "page", "vite.config.mjs")
  const options = ["--config", config, "--outDir", join(folder, "static")]
  return run(process.execPath, [vite, "build", ...options]).status === 0
}

/** Writes the man page next to the code. */
function manPage(folder) {
  const script = join(root, "scripts", "man-page.mjs")
  return run(process.execPath, [script, folder]).status === 0
}

/** Runs a program in the clone, with its output on stderr. */
export function run(file, args) {
  return spawnSync(file, args, { cwd: root, stdio: ["ignore", 2, 2] })
}

function expectNode() {
  const { engines } = readJson("package.json")
  const [major = 0, minor = 0] = engines.node.match(/\d+/g).map(Number)
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  fail(`Sounder needs Node ${engines.node}, and this is ${process.version}. Install a newer Node.`)
}

/**
 * Returns whether npm's record of its last install matches the lock file; parts for other platforms
 * may be missing.
 */
function isInstalled(folder) {
  const record = join(folder, "node_modules", ".package-lock.json")
  if (!existsSync(join(root, record))) return false
  const { packages: wanted } = readJson(join(folder, "package-lock.json"))
  const { packages: found } = readJson(record)
  const isThere = ([path, { version, optional, devOptional }]) =>
    found[path] ? found[path].version === version : optional === true || devOptional === true
  return (
    Object.entries(wanted).every(([path, entry]) => path === "" || isThere([path, entry])) &&
    Object.keys(found).every((path) => path in wanted)
  )
}

/** Returns the npm that started this script, otherwise the npm on the path. */
function npmCommand() {
  const started = process.env.npm_execpath ?? ""
  if (/npm-cli\.c?js$/.test(started)) return { file: process.execPath, arguments: [started] }
  const windows = process.platform === "win32"
  return windows ? { file: "cmd.exe", arguments: ["/c", "npm"] } : { file: "npm", arguments: [] }
}

function sourcesHash(folder, sources) {
  const hash = createHash("sha256")
  for (const path of [
    ...sources.flatMap((name) => filesOf(join(folder, name))),
    join(folder, "tsconfig.build.json"),
    join(folder, "package.json"),
    "tsconfig.json",
    "package-lock.json",
    "scripts/bundle.mjs",
    "scripts/man-page.mjs",
  ]) {
    hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest("hex")
}

function filesOf(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .toSorted()
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"))
}

function say(message) {
  process.stderr.write(`${message}\n`)
}

export function fail(message) {
  say(message)
  process.exit(1)
}
