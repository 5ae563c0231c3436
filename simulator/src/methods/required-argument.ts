import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** Returns a required parameter. Throws 400 if it is missing. */
export function requiredText(args: Arguments, name: string): string {
  const text = args.text(name)
  if (text !== "") return text
  throw CallError.badRequest(`parameter "${name}" is required`)
}
