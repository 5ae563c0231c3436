/**
 * The longest answer of the Bot API that is received, in bytes. A hundred updates of the longest kind
 * have a third of it; an answer without end would fill the memory.
 */
export const longestAnswerBytes = 32 * 1024 * 1024

/** An answer has more than {@link longestAnswerBytes}. */
export class AnswerTooLong extends Error {
  readonly code = "ANSWER_TOO_LONG"

  constructor() {
    super(`The answer has more than ${longestAnswerBytes} bytes`)
  }
}
