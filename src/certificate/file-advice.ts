import { ownValue } from "../ground/own-value.js"
import { lstat, readlink } from "node:fs/promises"
import { dirname } from "node:path"
import { errorCode, errorText } from "../ground/error-text.js"

/**
 * Returns the reason why the file of a certificate or a key could not be read, and the fix.
 *
 * @param error the error of the attempt to read the file
 */
export async function fileAdvice(path: string, error: unknown): Promise<string> {
  const code = errorCode(error) || errorText(error)
  if (code === "ENOENT") return (await brokenLink(path)) ?? missing
  return ownValue(advices, code) ?? code
}

const missing = "there is no such file. Create it with `sounder certificate HOST`"
const advices: Readonly<Record<string, string>> = {
  EACCES: "this process may not read it. Give its user read permission",
  EISDIR: "the path is a folder. Give the path of the file in it",
  ENOTDIR: "a part of its path is a file and not a folder",
  ENXIO: "the path is a socket or a device. Give the path of a file",
  ELOOP: "the path is a symbolic link that leads back to itself",
}

/**
 * Resolves with a description of a broken symbolic link: the file itself, or one of the folders on its path.
 * Resolves with `undefined` if there is none.
 */
async function brokenLink(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const stats = await lstat(at).catch(() => undefined)
    if (stats?.isSymbolicLink()) {
      return (
        `${at === path ? "the path" : at} is a link to ${await readlink(at)}, which does not exist. In a ` +
        "container, mount the folder that contains both: /etc/letsencrypt, not /etc/letsencrypt/live"
      )
    }
    if (stats || dirname(at) === at) return undefined
  }
}
