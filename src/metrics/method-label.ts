import { methodNames } from "../bot/method-names.generated.js"

const known: ReadonlySet<string> = new Set([...methodNames, "download"])

/** A method as a label: one of the Bot API's, `download`, or `other`. */
export function methodLabel(method: string): string {
  return known.has(method) ? method : "other"
}
