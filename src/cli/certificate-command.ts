import { Command, Option } from "commander"
import { type CertificateFiles, writeCertificate } from "../certificate/index.js"
import { inspectCommand } from "./inspect-command.js"
import { wholeNumber } from "./options.js"

interface Flags {
  readonly days: number
  readonly type: "ec" | "rsa"
  readonly out: string
  readonly force?: boolean
}

/** `sounder certificate HOST...`: writes a self-signed certificate and its private key. */
export function certificateCommand(print: (text: string) => void): Command {
  return new Command("certificate")
    .summary("make a self-signed certificate for a webhook")
    .description(
      "Makes a self-signed certificate that Telegram accepts, and writes private.key, cert.pem, " +
        "and both in HOST.pem, the form that haproxy reads.",
    )
    .argument("<host...>", "the host names and IPv4 addresses in the bot's URLs")
    .option("--days <number>", "days until the certificate expires", wholeNumber, 3_650)
    .addOption(new Option("--type <type>", "kind of key").choices(["ec", "rsa"]).default("ec"))
    .option("--out <folder>", "the folder for the files", ".")
    .option("--force", "replace existing files")
    .action(async (hosts: string[], { days, type, out, force = false }: Flags) => {
      const options = { days, keyType: type, folder: out, force }
      print(report(hosts, days, await writeCertificate(hosts, options)))
    })
    .addCommand(inspectCommand(print))
}

function report(hosts: readonly string[], days: number, files: CertificateFiles): string {
  const host = hosts[0]?.replace(/^\*/, "bot") ?? ""
  return `Wrote ${files.key} (keep it secret) and ${files.cert}
for ${hosts.join(", ")}, valid for ${days} days.
Both are also in ${files.pem}, for a proxy. A bot that uses them:

await updater.runWebhook({
  listen: "0.0.0.0",
  port: 8443,
  key: ${JSON.stringify(files.key)},
  cert: ${JSON.stringify(files.cert)},
  webhookUrl: "https://${host}:8443/hook",
})
`
}
