import { describeValue, expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import { blocksOf } from "./blocks.js"
import { closeOpen } from "./close-open.js"
import { lexMarkdown } from "./lex-markdown.js"

/** Options of {@link fromMarkdown}. */
export interface FromMarkdownOptions {
  /**
   * Whether the text is the beginning of a longer one, as while a language model writes. Bold, italic,
   * struck-through text, code and links that are open at its end are then closed there. A block of code that is
   * open is always closed. Default: `false`, because in a whole text such characters are ordinary ones, as in
   * `**kwargs`.
   */
  readonly partial?: boolean
}

const optionNames: OptionNames<FromMarkdownOptions> = { partial: true }

/**
 * Returns GitHub's Markdown as a formatted text. Headings become bold lines, lists become lines with bullets or
 * numbers, tables become aligned blocks of code, images become links, and HTML stays text. Markdown
 * that the lexer cannot read becomes plain text.
 *
 * @example
 * ```ts
 * import { fromMarkdown } from "sounder/markdown"
 * import { split, toHtml } from "sounder/text"
 *
 * const answer = "# Result\n\nThe answer is **42**."
 * for (const part of split(fromMarkdown(answer))) console.log(toHtml(part))
 * ```
 * @throws TypeError for a value that is not a string
 */
export function fromMarkdown(markdown: string, options: FromMarkdownOptions = {}): FormattedText {
  if (typeof markdown !== "string") {
    throw new TypeError(`Expected the Markdown to be a string, got ${describeValue(markdown)}.`)
  }
  expectOptionsObject(options, "fromMarkdown(markdown, { partial })", optionNames)
  try {
    return blocksOf(lexMarkdown(options.partial === true ? closeOpen(markdown) : markdown))
  } catch {
    // Thousands of nested quotations exceed the depth of the lexer's recursion.
    return { text: markdown, entities: [] }
  }
}
