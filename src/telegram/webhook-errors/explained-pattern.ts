/** The texts that a pattern fits, with their code, their meaning and what to do about them. */
export type ExplainedPattern<Code extends string = string> = readonly [
  pattern: RegExp,
  code: Code,
  meaning: string,
  fix: string,
]
