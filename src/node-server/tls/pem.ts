import { readFile } from "node:fs/promises"
import { SounderError } from "../../telegram/errors.js"
import { fileAdvice } from "../../certificate/file-advice.js"
import { contentAdvice } from "../../certificate/file-content.js"

/**
 * The PEM text that an option means: itself, or what is in the file that it names.
 *
 * @param option the option's name, for messages
 * @throws SounderError `certificate-unreadable` when the file cannot be read or holds no PEM
 */
export async function readPem(option: "key" | "cert", value: string): Promise<string> {
  if (isPem(value)) return value
  const text = await read(option, value)
  if (isPem(text)) return text
  const expected = `the file ${value} of the \`${option}\` option holds no PEM text`
  const advice = contentAdvice(text) ?? "It has to start with -----BEGIN"
  throw new SounderError("certificate-unreadable", `${expected}. ${advice}`)
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8")
  } catch (cause) {
    const advice = await fileAdvice(path, cause)
    const message = `Cannot read the file ${path} of the \`${option}\` option: ${advice}`
    throw new SounderError("certificate-unreadable", message, { cause })
  }
}

/** Whether an option holds PEM text itself, rather than a path. */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN ")
}
