/** The flag or argument for each option of the library whose flag does not follow from its name. */
const flags: ReadonlyMap<string, string> = new Map([
  ["secretToken", "--secret"],
  ["webhookUrl", "<url>"],
  ["hosts", "<host>"],
  ["dropPendingUpdates", "--drop-pending"],
  ["uploadCertificate", "--upload"],
  ["keyType", "--type"],
  ["folder", "--out"],
  ["path", "--file"],
  ["dnsServers", "--dns"],
  ["timeoutMs", "--timeout"],
  ["host", "--bot"],
  ["server", "--bot"],
])

/**
 * Replaces the names of options in a message of the library by flags: "the `port` option" and "`port`" become
 * "`--port`". Options without a flag stay as they are.
 *
 * @param known the flags of all commands, such as `--port`
 */
export function withFlagNames(message: string, known: ReadonlySet<string>): string {
  const optionPattern = /(?:the )?(?:options? `([A-Za-z]+)`|`([A-Za-z]+)` option)|`([A-Za-z]+)`/g
  const withTokenFlag = message.replace(
    /^(Expected the bot's token) as/,
    "$1 (--token or BOT_TOKEN) as",
  )
  return withTokenFlag.replaceAll(optionPattern, (words, ...names: (string | undefined)[]) => {
    const name = names.slice(0, 3).find((found) => found !== undefined) ?? ""
    const flag =
      flags.get(name) ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    return flag.startsWith("<") || known.has(flag) ? `\`${flag}\`` : words
  })
}
