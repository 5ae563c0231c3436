import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import { reservedPrefix } from "../../telegram/promised-call.js"

/** Checks the name of an event and returns its value. Throws a `TypeError` for the name of an event of Sounder. */
export function expectEventName(name: unknown): string {
  const text = expectText("name", name)
  if (!text.startsWith(reservedPrefix)) return text
  return unexpectedOption("name", `a name without \`${reservedPrefix}\` in front`, name)
}
