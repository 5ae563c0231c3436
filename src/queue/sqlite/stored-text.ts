import { isUtf8 } from "node:buffer"
import type { Update } from "@grammyjs/types"
import type { SetAsideRow } from "../set-aside-row.js"
import type { SqlAnswer } from "./sqlite-driver.js"

/** A {@link SetAsideRow} as SQLite returns it, with its texts as bytes. */
export type SetAsideBytes = {
  readonly [Column in keyof SetAsideRow]: SetAsideRow[Column] extends number ? number : SqlAnswer
}

/** Converts the texts of a row from bytes. */
export function setAsideRow(row: SetAsideBytes): SetAsideRow {
  return {
    ...row,
    lane: columnText(row.lane),
    error: columnText(row.error),
    body: columnText(row.body),
  }
}

/** Returns the text of a column. Bytes that are not UTF-8 become U+FFFD. */
export function columnText(value: SqlAnswer): string {
  return bytesOf(value)?.toString() ?? String(value ?? "")
}

/**
 * Parses the update of a row. Throws a `SyntaxError` if the row is damaged: SQLite keeps no checksums
 * of rows, so that a faulty disk can change a row unnoticed.
 */
export function parseStoredUpdate(body: SqlAnswer, updateId: number): Update {
  const bytes = bytesOf(body)
  if (!bytes || !isUtf8(bytes)) throw new SyntaxError("the text is not UTF-8")
  // The text is the JSON of the update that was put, unless the disk has changed the row.
  const update = JSON.parse(bytes.toString()) as Update | null
  if (update?.update_id !== updateId)
    throw new SyntaxError(`the text is not that of update ${updateId}`)
  return update
}

/** Returns the bytes of a column; `undefined` if the column has another type. */
export function bytesOf(value: SqlAnswer): Buffer | undefined {
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  if (!(value instanceof Uint8Array)) return undefined
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}
