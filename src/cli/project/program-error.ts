import { withoutOwnFrames } from "../../ground/call-place.js"
import { errorCode, errorName, errorStack, errorText } from "../../ground/error-text.js"
import { errorCodes } from "../../telegram/errors.js"

/** Frames of Node, of packages and of the command itself: lines that are not the program's. */
const foreignFrame = /\(?node:|\/node_modules\/|\(index \d+\)$/

/**
 * Returns the text about an error that ends a program: the sentence of the error, and the lines of the program that
 * led to it. Returns `undefined` for an error that is neither one of Sounder nor one of a wrong value, which Node
 * prints with all of its fields.
 */
export function programErrorText(error: unknown): string | undefined {
  const isOfSounder = (errorCodes as readonly string[]).includes(errorCode(error))
  if (!isOfSounder && errorName(error) !== "TypeError") return undefined
  const frames = programFrames(error)
  if (frames.length === 0 && !isOfSounder) return undefined
  const name = isOfSounder ? "" : "TypeError: "
  return [`${name}${errorText(error)}`, ...frames].join("\n")
}

/** The first line of the stack of an error of syntax: the place in the program. */
const syntaxPlace = /^(?:file:\/\/)?\/.*:\d+$/

/** Returns the stack frames of an error that are lines of the program; for an error of syntax, its place. */
export function programFrames(error: unknown): string[] {
  const lines = withoutOwnFrames(errorStack(error)).split("\n")
  const [first = ""] = lines
  const frames = lines.filter((line) => /^\s+at /.test(line) && !foreignFrame.test(line))
  return frames.length === 0 && syntaxPlace.test(first) ? [`    at ${first}`] : frames
}
