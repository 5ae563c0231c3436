import { lstat, readlink } from "node:fs/promises"
import { dirname } from "node:path"
import { errorCode, errorText } from "../ground/error-text.js"

/**
 * Says why a file of a certificate or a key could not be read, and what to do.
 *
 * @param error what reading it was answered with
 */
export async function fileAdvice(path: string, error: unknown): Promise<string> {
  const code = errorCode(error) || errorText(error)
  if (code === "ENOENT") return (await brokenLink(path)) ?? missing
  return advices[code] ?? code
}

const missing = "there is no such file. Create it with `sounder certificate HOST`"
const advices: Readonly<Record<string, string>> = {
  EACCES: "this user may not read it. Give it the right to",
  EISDIR: "it is a folder. Name the file in it",
  ENOTDIR: "a part of its path is a file and not a folder",
  ELOOP: "it is a link that leads back to itself",
}

/** Finds the link on a path that leads nowhere: the file itself, or one of its folders. */
async function brokenLink(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await lstat(at).catch(() => undefined)
    if (found?.isSymbolicLink()) {
      return (
        `${at === path ? "it" : at} is a link to ${await readlink(at)}, which is not there. In a ` +
        "container, mount the folder that holds both, as /etc/letsencrypt and not /etc/letsencrypt/live"
      )
    }
    if (found || dirname(at) === at) return undefined
  }
}
