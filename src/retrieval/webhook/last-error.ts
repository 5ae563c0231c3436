const advices: readonly (readonly [RegExp, string])[] = [
  [
    /certificate verify failed/,
    "Telegram does not trust the certificate it was shown: it has expired, names another host than the URL, comes without its intermediate certificates, or is not the one that was uploaded.",
  ],
  [
    /wrong version number/,
    "That port speaks plain HTTP: give `key` and `cert`, or let the proxy do TLS.",
  ],
  [/SSL/, "The TLS handshake failed: the server must speak TLS 1.2 or newer."],
  [
    /Connection refused|Can't connect/,
    "Nothing listens at the URL's host and port as seen from the internet: check `listen`, `port`, the proxy, and the forwarding of ports.",
  ],
  [
    /Connection timed out|No route|unreachable|Write timeout/,
    "Telegram cannot reach the URL's host: check its address in DNS and the firewall (it must let 149.154.160.0/20 and 91.108.4.0/22 in).",
  ],
  [/Read timeout/, "No answer came within 60 s: check the proxy and what it forwards to."],
  [
    /Connection reset|Broken pipe/,
    "The connection was cut: check the proxy, and that it keeps connections open for more than 60 s.",
  ],
  [/: 30\d/, "Telegram follows no redirects: register the URL that they lead to."],
  [
    /: 401/,
    "The secret token did not match: the webhook was registered with another one, or the proxy drops the header X-Telegram-Bot-Api-Secret-Token.",
  ],
  [/: 403/, "A proxy refuses Telegram: let 149.154.160.0/20 and 91.108.4.0/22 pass."],
  [
    /: 404/,
    "Nothing answers at the URL's path: `urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it.",
  ],
  [/: 413/, "The body was too long for the proxy or for `maxBodyBytes`."],
  [/: 50[24]/, "The proxy could not reach the bot: check where it forwards to."],
  [/: 503/, "The bot was stopping or had no room; Telegram sends the update again."],
]

/** What one of Telegram's `last_error_message`s means and what to do; empty for an unknown one. */
export function adviceForLastError(message: string): string {
  return advices.find(([pattern]) => pattern.test(message))?.[1] ?? ""
}

/**
 * Whether the error can come from a certificate or a secret that Telegram has of an earlier
 * registration, neither of which it shows.
 */
export function isOutdatedRegistration(message: string): boolean {
  return /certificate verify failed|: 401/.test(message)
}
