import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import { errorCode } from "./error-text.js"

/**
 * Makes a folder and the folders above it, if they are missing. Node 20 never returns from `mkdir` with `recursive` in
 * a file system such as `/proc`, which answers that the new folder does not exist.
 *
 * @param options.mode the permissions of new folders. Default: those of the process.
 */
export async function makeFolder(
  path: string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  try {
    await makeOne(path, options)
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error
    await makeFolder(dirname(path), options)
    await makeOne(path, options)
  }
}

async function makeOne(path: string, options: { readonly mode?: number }): Promise<void> {
  try {
    await mkdir(path, options)
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error
  }
}
