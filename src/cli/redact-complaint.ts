import { redactSecrets } from "../telegram/redact-tokens.js"

/** An unknown option with its value, which is a secret in `--tokn=…` and `--secrt=…`. */
const unknownOption = /(unknown option '-[^\s=']{0,100})=.*'/gs

/**
 * Returns an error message without the bot tokens, the passwords in URLs, and the values of unknown options:
 * Commander quotes the arguments that it does not accept.
 */
export function redactComplaint(text: string): string {
  return redactSecrets(text.replaceAll(unknownOption, "$1'"))
}
