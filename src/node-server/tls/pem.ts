import { errorCode } from "../../ground/error-text.js"
import { readFile } from "node:fs/promises"
import { SounderError } from "../../telegram/errors.js"

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
  const advice =
    "it should start with -----BEGIN. Convert it (openssl x509 -inform der, openssl pkey)"
  throw new SounderError("certificate-unreadable", `${expected}; ${advice}`)
}

/** The certificates of a PEM text, without a private key that may be in it. */
export function certificatesOf(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return `${blocks.join("\n")}\n`
}

async function read(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8")
  } catch (cause) {
    const advice = adviceFor(errorCode(cause))
    const message = `Cannot read the file ${path} of the \`${option}\` option: ${advice}`
    throw new SounderError("certificate-unreadable", message, { cause })
  }
}

function adviceFor(code: string): string {
  if (code === "ENOENT") return "there is no such file. Create it with `sounder certificate HOST`"
  if (code === "EACCES") return "this user may not read it. Give it the right to"
  if (code === "EISDIR") return "it is a folder"
  return code
}

/** Whether an option holds PEM text itself, rather than a path. */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN ")
}
