import { errorCode, errorText } from "../ground/error-text.js"
import { readFile } from "node:fs/promises"
import { Command } from "commander"
import { certificateReport, inspectCertificate } from "../certificate/index.js"
import { ExitError } from "./exit-error.js"

const advices: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it. Try it with sudo, or as the bot's user",
  EISDIR: "it is a folder. Name the file in it",
}

interface Flags {
  readonly key?: string
  readonly url?: string
  readonly uploaded?: boolean
  readonly notUploaded?: boolean
}

/** `sounder certificate inspect FILE`: says what a certificate is, and whether Telegram accepts it. */
export function inspectCommand(print: (text: string) => void): Command {
  return new Command("inspect")
    .summary("say what a certificate is, and whether Telegram accepts it")
    .description(
      "Says whom a certificate names, when it ends, whether its key fits and its chain is whole, and " +
        "whether Telegram accepts it. Ends with 1 where it does not, with 2 where it cannot be read.",
    )
    .argument("<file>", "the certificate, with those of its authorities")
    .option("--key <file>", "its private key")
    .option("--url <url>", "the webhook's URL, as in https://bot.example.com/hook")
    .option("--uploaded", "judge it as one that is sent along with setWebhook")
    .option("--not-uploaded", "judge it as one that is not; by default a self-signed one is")
    .action(async (file: string, flags: Flags) => {
      const { key, url, uploaded = false, notUploaded = false } = flags
      if (uploaded && notUploaded) {
        throw new TypeError("Expected --uploaded or --not-uploaded, not both.")
      }
      const inspection = inspectCertificate({
        cert: await read(file),
        ...(key === undefined ? {} : { key: await read(key) }),
        ...(url === undefined ? {} : { url }),
        ...(uploaded || notUploaded ? { uploaded } : {}),
      })
      print(certificateReport(inspection))
      if (inspection.problems.length === 0) return
      throw new ExitError(1, `Telegram does not accept ${file}`)
    })
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8")
  } catch (cause) {
    const code = errorCode(cause) || errorText(cause)
    const message = `Cannot read ${path}: ${advices[code] ?? code}`
    throw new ExitError(2, message, { cause })
  }
}
