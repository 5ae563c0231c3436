import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { errorCode } from "../ground/thrown-error.js"

/**
 * Makes a folder and the folders above it, if they are missing. Node 20 never returns from `mkdir` with `recursive` in
 * a file system such as `/proc`, which answers that the new folder does not exist.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error
  }
}
