import { Command } from "commander"
import {
  certificateReport,
  inspectCertificate,
  type InspectCertificateOptions,
  judgeCertificate,
} from "../certificate/index.js"
import { fileAdvice } from "../certificate/file-advice.js"
import { readPemFile } from "../certificate/read-pem-file.js"
import { ExitError } from "./exit-error.js"

interface Flags {
  readonly key?: string
  readonly url?: string
  readonly uploaded?: boolean
  readonly notUploaded?: boolean
}

/**
 * `sounder certificate inspect FILE`: describes a certificate, and says whether Telegram accepts
 * it.
 */
export function inspectCommand(print: (text: string) => void): Command {
  return new Command("inspect")
    .summary("describe a certificate, and say whether Telegram accepts it")
    .description(
      "Shows the hosts and the end of a certificate, and checks its key, its chain, and whether " +
        "Telegram accepts it. Ends with 1 if Telegram does not, with 2 if the file is unreadable.",
    )
    .argument("<file>", "the certificate, with the certificates of its authorities")
    .option("--key <file>", "its private key")
    .option("--url <url>", "the webhook's URL, as in https://bot.example.com/hook")
    .option("--uploaded", "judge the certificate as one that is uploaded with setWebhook")
    .option(
      "--not-uploaded",
      "judge the certificate as one that is not uploaded; by default, it counts as " +
        "uploaded if no public authority issued it",
    )
    .action(async (file: string, flags: Flags) => {
      const { key, url, uploaded = false, notUploaded = false } = flags
      if (uploaded && notUploaded) {
        throw new TypeError("Expected --uploaded or --not-uploaded, not both.")
      }
      const inspection = await inspected({
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

/** Inspects a certificate, and with its key also tries a handshake. */
async function inspected(options: InspectCertificateOptions) {
  const inspection = inspectCertificate(options)
  const { host, uploaded } = inspection
  const judged = { ...options, uploaded, ...(host !== undefined && { host }) }
  return { ...inspection, problems: await judgeCertificate(judged) }
}

async function read(path: string): Promise<string> {
  try {
    return await readPemFile(path)
  } catch (cause) {
    throw new ExitError(2, `Cannot read ${path}: ${await fileAdvice(path, cause)}`, { cause })
  }
}
