/** A pattern of Telegram's texts, with the code, the meaning and the cure of the texts that match. */
export type ExplainedPattern<Code extends string = string> = readonly [
  pattern: RegExp,
  code: Code,
  meaning: string,
  fix: string,
]
