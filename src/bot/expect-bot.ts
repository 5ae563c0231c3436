import { callerError } from "../ground/call-place.js"

/**
 * Throws a `TypeError`, which does not show the value, for an option `bot` that is not a `Bot`, perhaps a token, and for
 * a bot together with a token.
 */
export function expectBot(value: unknown, token: string | undefined): void {
  if (typeof value === "object" && value !== null && "call" in value) {
    if (token === undefined) return
    throw callerError("Expected either the `token` or the `bot` option, got both.")
  }
  const type = value === null ? "null" : `a value of type ${typeof value}`
  throw callerError(
    `Expected the \`bot\` option to be a \`Bot\` of Sounder, got ${type}: pass a token as \`token\`, as in \`new Updater({ token })\`.`,
  )
}
