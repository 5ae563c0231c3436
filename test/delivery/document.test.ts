import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const page = "docs/delivery.md"
const text = readFileSync(join(root, page), "utf8")

/** The links of the page to tests, each with its text and its file. */
const links = [...text.matchAll(/\[([^\]]+)\]\((\.\.\/test\/[^)]+\.test\.ts)\)/g)].map(
  ([, name = "", target = ""]) => ({ name, file: join(dirname(page), target) }),
)

/** Returns the titles of the tests and groups of a file, from its source. */
function namesIn(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8")
  const calls = /^\s*(?:test|it|describe)(?:\.\w+(?:\([^\n]*?\))?)*\(\s*(["'`])(.*?)\1/gms
  return [...source.matchAll(calls)].map(([, , name = ""]) => name)
}

test("every link of the contract to a test has the name of that test", () => {
  expect(links.length).toBeGreaterThan(20)
  const broken = links.filter(({ name, file }) => {
    if (!existsSync(join(root, file))) return true
    // A link with the name of a queue refers to all tests of its file.
    return name.includes(" ") && !namesIn(file).includes(name)
  })
  expect(broken).toEqual([])
})

test("every test of the contract is linked on the page", () => {
  const own = readdirSync(join(root, "test/delivery"))
    .filter((file) => file.endsWith(".test.ts") && file !== "document.test.ts")
    .map((file) => `test/delivery/${file}`)
  const missing = own.flatMap((file) =>
    namesIn(file)
      .filter((name) => name !== "%s")
      .filter((name) => !links.some((link) => link.name === name && link.file === file)),
  )
  expect(own.length).toBeGreaterThan(1)
  expect(missing).toEqual([])
})

test("the page has a row for every possible outcome of an update", () => {
  const rows = text.match(/^\| (\*\*|… ).*\|$/gm) ?? []
  const cases = [
    ...["handled", "throws", "exceeds its time", "No handler matches", "unknown to this version"],
    ...[
      "not an update",
      "too old for an answer",
      "full",
      "while the update waits",
      "while the handler runs",
    ],
    ...[
      "before the put",
      "after the put",
      "A crash while the handler runs",
      "twice",
      "Two processes poll",
    ],
  ]
  for (const one of cases) expect(rows.filter((row) => row.includes(one))).not.toEqual([])
  // Each row links to a test.
  for (const row of rows) expect(row).toContain("../test/")
})
