import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { built, compiled, packageFolder } from "./support/built.js"
import { docExamples, examplesOf, nameIn } from "./support/doc-examples.js"

const guides = readdirSync("docs", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`)

const examples = ["README.md", "simulator/README.md", ...guides.toSorted()]
  .flatMap(docExamples)
  .filter(({ language }) => language === "ts")
  .map((example, index) => ({ ...example, file: fileOf(example, index) }))

/** Returns the place of a program: next to those of its page if it names its file, so that they can import it. */
function fileOf({ title, code }: { title: string; code: string }, index: number): string {
  const name = nameIn(code)
  return name ? join(basename(title.split(":")[0] ?? "", ".md"), name) : `example-${index}.ts`
}

describe("every program of the documentation compiles", () => {
  // Inside the package, so that `import "sounder"` resolves to the built package.
  let folder = ""
  let output = ""

  beforeAll(async () => {
    await built()
    folder = mkdtempSync(join(packageFolder, ".doc-examples-"))
    for (const { file, code } of examples) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), code)
    }
    // A replacement for an import of the first guide's test; test/first-bot.test.ts has the real
    // one.
    const handlers = `import type { Dispatcher } from "sounder"
      export function register(_: Dispatcher) {}`
    writeFileSync(join(folder, "handlers.ts"), handlers)
    const config = { compilerOptions, files: examples.map(({ file }) => file) }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    output = (await compiled(folder)).output
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(examples)("$title", ({ file }) => {
    expect(output.split("\n").filter((line) => line.startsWith(`${file}(`))).toEqual([])
  })

  test("and there is no other error", () => {
    expect(
      output
        .split("\n")
        .filter((line) => !examples.some(({ file }) => line.startsWith(`${file}(`)))
        // Type errors in the declarations of frameworks are not ours.
        .filter((line) => !/^(\.\.\/node_modules\/|\s)/.test(line))
        .join("\n"),
    ).toBe("")
  })
})

test("a hidden set-up imports only types: a program shows what it imports, and what makes its objects", () => {
  const isHiding = ({ setup }: { setup: string }) => /(?<!\w)import (?!type )/.test(setup)
  expect(examples.filter(isHiding).map(({ title }) => title)).toEqual([])
  expect(examples.some(({ setup }) => setup.includes("import type"))).toBe(true)
})

test("a program is found with its heading, its position and its language", () => {
  const markdown = "# One\n\n```sh\n# Two\n```\n\n## Three\n\n```ts\nconst a = 1\n```\n"
  expect(examplesOf("a.md", markdown)).toEqual([
    { title: "a.md: One (1)", language: "sh", setup: "", code: "# Two\n" },
    { title: "a.md: Three (2)", language: "ts", setup: "", code: "const a = 1\n" },
  ])
})

test("a set-up comment is prepended to the program right after it only", () => {
  const markdown = "<!-- setup: const a =\n  1 -->\n\n```ts\na\n```\n\n```ts\nb\n```\n"
  const codes = examplesOf("a.md", markdown).map(({ code }) => code)
  expect(codes).toEqual(["const a =\n  1\na\n", "b\n"])
})

test("a set-up comment with text behind it applies to no program", () => {
  const markdown = "<!-- setup: a -->\n\nText <!-- b -->\n\n```ts\nc\n```\n"
  expect(examplesOf("a.md", markdown).map(({ code }) => code)).toEqual(["c\n"])
})

const compilerOptions = {
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  moduleDetection: "force",
  types: ["node"],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
}
