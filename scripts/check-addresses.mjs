/**
 * Runs in a package's folder before it is published: fails if package.json lacks a public address.
 * The addresses are missing until the repository is public, because a false one would be followed.
 */
import { readFileSync } from "node:fs"

const { homepage, bugs, repository } = JSON.parse(readFileSync("package.json", "utf8"))
const addresses = { homepage, bugs, "repository.url": repository?.url }
for (const [field, address] of Object.entries(addresses)) {
  if (address && !new URL(address.replace(/^git\+/, "")).hostname.endsWith(".example")) continue
  const found = address === undefined ? "is missing" : `is ${address}`
  console.error(`Set \`${field}\` in package.json to its public address; now the field ${found}.`)
  process.exitCode = 1
}
