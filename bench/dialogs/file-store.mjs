/**
 * A storage for sessions and conversations: a file for each key, replaced as a whole, so that a kill
 * leaves the old contents or the new ones.
 *
 * @module
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Returns a storage in a folder, with the methods that grammY and Telegraf ask for. */
export function fileStore(folder) {
  mkdirSync(folder, { recursive: true })
  const path = (key) => join(folder, `${encodeURIComponent(key)}.json`)
  const read = (key) => {
    try {
      return JSON.parse(readFileSync(path(key), "utf8"))
    } catch (error) {
      if (error.code === "ENOENT") return undefined
      throw error
    }
  }
  const write = (key, value) => {
    writeFileSync(`${path(key)}.new`, JSON.stringify(value))
    renameSync(`${path(key)}.new`, path(key))
  }
  const remove = (key) => rmSync(path(key), { force: true })
  return { read, write, delete: remove, get: read, set: write }
}
