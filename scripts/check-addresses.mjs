/**
 * Runs in a package's folder before it is published: fails if the package contains placeholder
 * addresses. package.json has `.example` addresses until the repository is public.
 */
import { readFileSync } from "node:fs"

const { homepage, bugs, repository } = JSON.parse(readFileSync("package.json", "utf8"))
const addresses = { homepage, bugs, "repository.url": repository?.url }
for (const [field, address] of Object.entries(addresses)) {
  if (address && !new URL(address.replace(/^git\+/, "")).hostname.endsWith(".example")) continue
  console.error(`Set \`${field}\` in package.json to where it is public; it is ${address}.`)
  process.exitCode = 1
}
