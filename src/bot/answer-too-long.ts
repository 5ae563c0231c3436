/**
 * The longest answer of the Bot API that a transport receives, in bytes: three times the size of
 * a hundred updates of maximum length. The limit keeps an endless answer from filling the memory.
 */
export const longestAnswerBytes = 32 * 1024 * 1024

/** The error of an answer with more than {@link longestAnswerBytes}. */
export class AnswerTooLong extends Error {
  readonly code = "ANSWER_TOO_LONG"

  constructor() {
    super(`The answer has more than ${longestAnswerBytes} bytes`)
  }
}
