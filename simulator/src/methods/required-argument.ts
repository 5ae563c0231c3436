import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"

/** A parameter that a method cannot do without. */
export function requiredText(args: Arguments, name: string): string {
  const text = args.text(name)
  if (text !== "") return text
  throw CallError.badRequest(`parameter "${name}" is required`)
}
