/** A pattern of Telegram's error texts, with the code, the cause and the remedy of the texts that match. */
export type ExplainedPattern<Code extends string = string> = readonly [
  pattern: RegExp,
  code: Code,
  meaning: string,
  fix: string,
]
