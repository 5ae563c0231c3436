const languageRun = /[^\s`]*/y

/** The beginning of a block of code. */
export interface CodeStart {
  readonly language: string | undefined
  /** The position of the code. */
  readonly at: number
}

/**
 * Parses the language of a block of code, and the line break behind it.
 *
 * @param at the position behind the three backticks
 */
export function codeStart(source: string, at: number): CodeStart {
  languageRun.lastIndex = at
  const language = languageRun.exec(source)?.[0] ?? ""
  const end = at + language.length
  const hasLanguage = language !== "" && end < source.length && source[end] !== "`"
  const start = hasLanguage ? end : at
  const lineBreak = /^(?:\n\r?|\r\n?)/.exec(source.slice(start, start + 2))?.[0] ?? ""
  return { language: hasLanguage ? language : undefined, at: start + lineBreak.length }
}
