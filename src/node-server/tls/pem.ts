import { SounderError } from "../../telegram/errors.js"
import { fileAdvice } from "../../certificate/file-advice.js"
import { readPemFile } from "../../certificate/read-pem-file.js"
import { contentAdvice } from "../../certificate/file-content.js"

/**
 * Resolves with the PEM text of an option: its value, or the content of the file whose path it is.
 * Rejects with `certificate-unreadable` if the file cannot be read or contains no PEM text.
 *
 * @param option the name of the option, for messages
 */
export async function readPem(option: "key" | "cert", value: string): Promise<string> {
  if (isPem(value)) return value
  const text = await read(option, value)
  if (isPem(text)) return text
  const problem = `the file ${value} of the \`${option}\` option contains no PEM text`
  const advice = contentAdvice(text) ?? "The file has to start with -----BEGIN"
  throw new SounderError("certificate-unreadable", `${problem}. ${advice}`)
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await readPemFile(path)
  } catch (cause) {
    const advice = await fileAdvice(path, cause)
    const message = `Cannot read the file ${path} of the \`${option}\` option: ${advice}`
    throw new SounderError("certificate-unreadable", message, { cause })
  }
}

/** Returns true if the value of an option is PEM text, and not a path. */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN ")
}
