import { isUtf8 } from "node:buffer"
import type { Update } from "@grammyjs/types"
import type { SetAsideRow } from "../set-aside-row.js"
import type { SqlAnswer } from "./sqlite-driver.js"

/** A {@link SetAsideRow} as it is read, with its texts as bytes. */
export type KeptRow = {
  readonly [Column in keyof SetAsideRow]: SetAsideRow[Column] extends number ? number : SqlAnswer
}

/** A row that was read with its texts as bytes. */
export function keptUpdate(row: KeptRow): SetAsideRow {
  return { ...row, lane: textOf(row.lane), error: textOf(row.error), body: textOf(row.body) }
}

/** The text of a column; what is not UTF-8 in it becomes U+FFFD. */
export function textOf(value: SqlAnswer): string {
  return bytesOf(value)?.toString() ?? String(value ?? "")
}

/**
 * The update that a row holds; throws a `SyntaxError` where the row is damaged. SQLite keeps no sums
 * of its rows, so a disk can change them unnoticed.
 */
export function storedUpdate(body: SqlAnswer, updateId: number): Update {
  const bytes = bytesOf(body)
  if (!bytes || !isUtf8(bytes)) throw new SyntaxError("It is not UTF-8")
  // What was put, as JSON, if nothing has happened to it.
  const update = JSON.parse(bytes.toString()) as Update | null
  if (update?.update_id !== updateId) throw new SyntaxError(`It is not that of update ${updateId}`)
  return update
}

function bytesOf(value: SqlAnswer): Buffer | undefined {
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  if (!(value instanceof Uint8Array)) return undefined
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
