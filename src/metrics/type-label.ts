import { updateTypes } from "../telegram/update-types.js"

const known: ReadonlySet<string> = new Set(updateTypes)

/** An update's type as a label: one of Telegram's, or `other`, whatever comes in. */
export function typeLabel(type: string | undefined): string {
  return type !== undefined && known.has(type) ? type : "other"
}
