const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /: 5\d\d/,
    "The bot's server answered with an error of its own: look at its log. Telegram sends the update again, and holds back what belongs to the same chat, until it is answered with 2xx or is 24 hours old.",
  ],
  [
    /: 404/,
    "Nothing listens at the path of the webhook's URL: compare it with the path of the bot's server.",
  ],
  [
    /: 401|: 403/,
    "The bot's server refused Telegram: compare its secret token with the one given to setWebhook.",
  ],
  [/: 405/, "The bot's server takes no POST at this path."],
  [/: 410/, "410 Gone: after 23 hours of it Telegram deletes the webhook."],
  [/: 413/, "A limit on the size of a request is too low, often in a proxy."],
  [/: 429/, "The bot's server asks for patience; its Retry-After is obeyed."],
  [/: 3\d\d/, "Telegram follows no redirect: give setWebhook the address that answers itself."],
  [
    /Connection refused/i,
    "Nothing listens on this address and port: is the bot's server running, and on this port?",
  ],
  [
    /timed? ?out|timeout/i,
    "No answer came in time: answer first and work afterwards, or look whether a firewall drops the connection.",
  ],
  [
    /certificate|SSL|TLS/i,
    "The certificate does not hold for Telegram: its name has to be that of the URL, and a self-signed one has to be uploaded with setWebhook.",
  ],
  [/reset|closed|EOF/i, "The bot's server closed the connection before it had answered."],
]

const otherwise =
  "Telegram counts anything but 2xx as a failure and sends the update again until it is 24 hours old."

/** What an error of a webhook means, and what to do. */
export function explain(message: string): string {
  return explanations.find(([pattern]) => pattern.test(message))?.[1] ?? otherwise
}
