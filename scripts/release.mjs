/**
 * `npm run release -- 0.2.0`: prepares a release of both packages, and publishes nothing. On a clean
 * working tree it sets the version in the manifests, in the lock file and in CHANGELOG.md, checks the
 * packages, installs the tarballs in an empty folder on each supported Node, lets `sounder init` write a
 * bot there and runs the test of that bot. Then it prints the commands that commit, tag and publish with a
 * provenance, which npm accepts from a public CI only.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fail, install, root } from "./prepare.mjs"

/** The major versions of Node on which the tarballs are tried. */
const nodes = ["20", "22", "24"]
const version = process.argv[2] ?? ""

if (!/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version))
  fail("Give the version: npm run release -- 0.2.0")
if (git("status", "--porcelain") !== "") fail("Commit or stash your changes first.")
if (git("tag", "--list", `v${version}`) !== "") fail(`The tag v${version} exists already.`)

install()
writeVersion()
writeDate()
check("build", "npm", ["run", "build"])
check("check:package", "npm", ["run", "check:package"])
tryTarballs()
printNextSteps()

/** Sets the version of both packages, of the lock file, and of the packages' requirements of each other. */
function writeVersion() {
  change("simulator/package.json", (manifest) => {
    manifest.version = version
  })
  change("package.json", (manifest) => {
    manifest.version = version
    manifest.devDependencies["@sounder/simulator"] = version
  })
  check("package-lock.json", "npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"])
}

/** Replaces "unreleased" in the heading of the changelog by today's date. */
function writeDate() {
  const path = join(root, "CHANGELOG.md")
  const text = readFileSync(path, "utf8")
  const today = new Date().toISOString().slice(0, 10)
  const dated = text.replace(/^## .*\(unreleased\)$/m, `## ${version} (${today})`)
  if (dated === text)
    fail("CHANGELOG.md has no heading with (unreleased): describe the release there.")
  writeFileSync(path, dated)
}

/** Installs the tarballs on each Node as a user does, and runs the test of a new bot. */
function tryTarballs() {
  const folder = mkdtempSync(join(tmpdir(), "sounder-release-"))
  const pack = ["pack", ".", "./simulator", "--ignore-scripts", "--pack-destination", folder]
  check("npm pack", "npm", pack)
  const tarballs = ["sounder", "sounder-simulator"].map((name) =>
    join(folder, `${name}-${version}.tgz`),
  )
  for (const major of nodes) {
    const project = join(folder, `node-${major}`)
    mkdirSync(project)
    const on = (...args) => ["--yes", "--package", `node@${major}`, "--", ...args]
    const npm = ["install", ...tarballs, "--no-audit", "--no-fund"]
    check(`install on Node ${major}`, "npx", on("npm", ...npm), project)
    const sounder = join("node_modules", "sounder", "dist", "cli", "main.js")
    check(`init on Node ${major}`, "npx", on("node", sounder, "init", "--yes"), project)
    check(`test of a new bot on Node ${major}`, "npx", on("npm", "test"), project)
  }
  rmSync(folder, { recursive: true, force: true })
}

function printNextSteps() {
  const publish = "npm publish --provenance --access public"
  console.log(`
${version} is ready. Read \`git diff\`, run \`.ci/run\`, and then:

  git commit --all --message "build: release ${version}"
  git tag v${version}
  git push --follow-tags

In the CI of the repository, with \`id-token: write\`, or without \`--provenance\` elsewhere:

  (cd simulator && ${publish})
  ${publish}`)
}

/** Changes a manifest, and keeps its format. */
function change(name, edit) {
  const path = join(root, name)
  const manifest = JSON.parse(readFileSync(path, "utf8"))
  edit(manifest)
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Runs a step; a failure ends the release and shows the output of the step. */
function check(name, file, args, cwd = root) {
  process.stdout.write(`${name} … `)
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: "utf8" })
  if (status !== 0) fail(`failed\n${stdout}${stderr}`)
  console.log("passed")
}

function git(...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim()
}
