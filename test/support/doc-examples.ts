import { readFileSync } from "node:fs"

/** A program of the documentation. */
export interface DocExample {
  /** The file, the heading above it and its place in the file: `README.md: Behind a proxy (3)`. */
  readonly title: string
  /** The word after the three backticks: `ts`, `sh`, … */
  readonly language: string
  /** The program, without its set-up. */
  readonly code: string
  /** The set-up of the program, which readers do not see. */
  readonly setup: string
}

const pieces = new RegExp(
  [
    /^#+ (?<heading>.+)$/,
    /(?:^<!-- setup:(?<setup>(?:(?!-->)[\s\S])*)-->\s*)?^```(?<language>\w+).*\n(?<code>[\s\S]*?)^```$/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gm",
)

/**
 * Returns the programs between three backticks of a Markdown file, in their order.
 *
 * A comment right before a program, which readers do not see, can declare the names that the program expects:
 * `<!-- setup: declare const webhook: import("sounder").Webhook -->`. The declaration becomes its first line.
 */
export function docExamples(file: string): DocExample[] {
  return examplesOf(file, readFileSync(file, "utf8"))
}

/** Returns the {@link docExamples} of a text. */
export function examplesOf(file: string, markdown: string): DocExample[] {
  const examples: DocExample[] = []
  let heading = ""
  for (const { groups = {} } of markdown.matchAll(pieces)) {
    const { language, setup, code = "" } = groups
    heading = groups.heading ?? heading
    if (!language) continue
    const title = `${file}: ${heading} (${examples.length + 1})`
    const hidden = setup?.trim() ?? ""
    examples.push({ title, language, setup: hidden, code: hidden ? `${hidden}\n${code}` : code })
  }
  return examples
}

/**
 * Returns the programs of a Markdown file that begin with the name of their file, such as `// handlers.ts`, by these
 * names. They can import each other.
 */
export function namedPrograms(file: string): ReadonlyMap<string, string> {
  const named = docExamples(file).flatMap(({ language, code }) => {
    const name = nameIn(code)
    return language === "ts" && name ? [[name, code] as const] : []
  })
  return new Map(named)
}

/** Returns the name of the file with which a program begins. */
export function nameIn(code: string): string | undefined {
  return /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1]
}
