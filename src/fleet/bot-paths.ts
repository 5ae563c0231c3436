/** Checks that ids can be added to the path of a URL. Throws a `TypeError` otherwise. */
export function expectBaseUrl(webhookUrl: string | undefined): void {
  if (webhookUrl === undefined || !/[?#]/.test(webhookUrl)) return
  throw new TypeError(
    "Expected the `webhookUrl` option to contain neither ? nor #: the bots' ids are added to its path.",
  )
}

/** Returns the path of a URL; an empty path for no URL and for an invalid one. */
export function pathOfUrl(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : ""
}

/** Returns the URL or path of a bot: the fleet's URL or path, followed by the bot's id. */
export function withBotId(base: string, botId: number): string {
  return `${base.replace(/(?<!\/)\/+$/, "")}/${botId}`
}
