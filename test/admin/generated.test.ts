import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

test("the page explains errors in the words of docs/errors.md: `-u` copies them", async () => {
  const sections = read("docs/errors.md").split(/^## /m).slice(1)
  const texts = sections.map((section) => {
    const [code = "", paragraph = ""] = section.split("\n\n")
    return [code, plain(paragraph)] as const
  })
  const text =
    "// Copied from docs/errors.md by test/admin/generated.test.ts. Do not edit.\n\n" +
    'import type { ErrorCode } from "../telegram/errors.js"\n\n' +
    "/** The first paragraph about each code; backticks enclose code. */\n" +
    `export const errorTexts: Readonly<Record<ErrorCode, string>> = ${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`
  await expect(text).toMatchFileSnapshot("../../src/admin/error-texts.generated.ts")
})

test("the page has the colours of the chat page: `-u` copies them", async () => {
  const text =
    "// Copied from simulator/page/style/colours.css by test/admin/generated.test.ts. Do not edit.\n\n" +
    "/** The colours of the chat page, by day and by night. */\n" +
    `export const colours = ${JSON.stringify(read("simulator/page/style/colours.css"))}\n`
  await expect(text).toMatchFileSnapshot("../../src/admin/colours.generated.ts")
})

/** Returns a paragraph in one line, without links. */
function plain(paragraph: string): string {
  return paragraph
    .replaceAll(/\s*\(\[[^\]]*\]\([^)]*\)\)/g, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\s+/g, " ")
}
