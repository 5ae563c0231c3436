/** The texts that a pattern fits, with their code, their meaning and what to do about them. */
export type ExplainedPattern<Code extends string = string> = readonly [
  pattern: RegExp,
  code: Code,
  meaning: string,
  fix: string,
]

/** The networks that Telegram calls from. */
export const telegramNetworks = "149.154.160.0/20 and 91.108.4.0/22"
