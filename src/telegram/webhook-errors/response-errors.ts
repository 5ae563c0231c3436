import { telegramNetworksText } from "../network-facts.js"
import type { ExplainedPattern } from "./explained-pattern.js"

const wrong = (status: string) => new RegExp(`^Wrong response from the webhook: ${status}\\b`)

/** An answer came, and it is none that Telegram takes. */
export const responseErrors = [
  [
    wrong("1\\d\\d"),
    "interim-response",
    "The server sent an interim response (100 Continue, 103 Early Hints), and Telegram takes it for the answer.",
    "Turn early hints off in the server or the proxy.",
  ],
  [
    wrong("3\\d\\d"),
    "redirect",
    "The server redirects, and Telegram follows no redirects.",
    "Register the URL that the redirect leads to: mind https, `www.` and the slash at the end.",
  ],
  [
    wrong("400"),
    "bad-request",
    "The server did not understand the request.",
    "See the server's log. A proxy answers so where it is asked for a host that it does not know, or where it expects plain HTTP.",
  ],
  [
    wrong("401"),
    "wrong-secret",
    "The secret token did not match: the webhook was registered with another one, or the proxy drops the header X-Telegram-Bot-Api-Secret-Token.",
    "Register the webhook again with the present secret, and let the proxy hand the header on.",
  ],
  [
    wrong("403"),
    "forbidden-by-proxy",
    "The server, or what stands before it, refuses Telegram: an allow-list, a protection against bots, or a wrong secret in another framework.",
    `Let ${telegramNetworksText} pass, without a challenge; check the secret.`,
  ],
  [
    wrong("402"),
    "payment-required",
    "The hosting provider does not serve the program any more: its plan or its credit has run out.",
    "See the provider's console.",
  ],
  [
    wrong("404"),
    "wrong-path",
    "Nothing answers at the URL's path.",
    "`urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it; slashes at the end and capital letters count.",
  ],
  [
    wrong("405"),
    "wrong-method",
    "What answers at the URL's path takes no POST: it is not the bot.",
    "Check the path, and where the proxy forwards it to.",
  ],
  [
    wrong("406"),
    "refused-by-firewall",
    "What stands before the bot refuses the request by its content or its headers, mostly a firewall for web applications (mod_security).",
    "Exempt the path of the webhook from it.",
  ],
  [
    wrong("407"),
    "wants-proxy-login",
    "A proxy on the way wants a user and a password of its own.",
    "Let the path of the webhook pass without.",
  ],
  [
    wrong("408|499"),
    "proxy-gave-up",
    "The proxy gave the request up before it was answered.",
    "Let the proxy wait for at least 60 s, and answer earlier.",
  ],
  [
    wrong("410"),
    "gone",
    "The server says that the bot is gone. Telegram deletes the webhook when it hears nothing else for 23 hours.",
    "Start the bot again, or delete the webhook.",
  ],
  [
    wrong("413"),
    "body-too-long",
    "The update was too long for the server or the proxy; updates can have up to 512 KiB.",
    "Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body` in Caddy, `maxBodyBytes` of the bot.",
  ],
  [
    wrong("415"),
    "wrong-content-type",
    "The server takes no JSON, or something on the way has changed the Content-Type.",
    "Check what answers at this path; Telegram sends application/json.",
  ],
  [
    wrong("421"),
    "misdirected",
    "The server does not serve this host on the connection that was made for it.",
    "Give the proxy a certificate and a rule for this host.",
  ],
  [
    wrong("426"),
    "http-version",
    "The server wants another version of HTTP than 1.1, the only one that Telegram speaks.",
    "Let the server or the proxy speak HTTP/1.1.",
  ],
  [
    wrong("429"),
    "rate-limited",
    "The server or the proxy limits how often it is called, and refused.",
    `Exempt ${telegramNetworksText} from the limit, or lower \`maxConnections\`.`,
  ],
  [
    wrong("500"),
    "server-failed",
    "The program at this path failed. Telegram sends the update again until it is answered with 2xx, and no other update of that chat before.",
    "See the program's log; answer 200 as soon as the update is safe, whatever handling it comes to.",
  ],
  [
    wrong("50[24]|52[0-47]|530"),
    "proxy-lost-bot",
    "The proxy, or a service such as Cloudflare before it, could not reach the bot or got no answer from it.",
    "Check that the bot runs, and the address and port that the proxy forwards to.",
  ],
  [
    wrong("52[56]"),
    "proxy-distrusts-bot",
    "Cloudflare does not trust the certificate of the server behind it.",
    "Use a certificate of a public authority, or one of Cloudflare's, on the server.",
  ],
  [
    wrong("503"),
    "not-ready",
    "The bot was stopping, had no room or could not store the update in time (`putTimeoutMs`), or the proxy knew of no bot that is ready. Telegram sends the update again.",
    "If it stays so, check that the bot runs and that its handlers keep up.",
  ],
  [
    wrong(".*"),
    "wrong-status",
    "The server answered with a status other than 2xx, so Telegram sends the update again.",
    "See the log of the server and of the proxy.",
  ],
  [
    /unsupported content-encoding/,
    "answer-compressed",
    "The answer was compressed in a way that Telegram does not know (br, zstd), so it counts as a failure.",
    "Turn compression off for this path, or answer with an empty body.",
  ],
  [
    /^Bad Request$/,
    "answer-malformed",
    "A header line of the answer is malformed: it holds a stray carriage return, or there is neither a reason nor a header.",
    "Let a web server or a framework write the answer; see what the proxy changes in it.",
  ],
  [
    /unsupported transfer-encoding|^Bad Request: (?!bad webhook)/,
    "answer-garbled",
    "The body of the answer could not be read.",
    "Answer with an empty body and Content-Length: 0; check what the proxy does to answers.",
  ],
  [
    /Header Fields Too Large/i,
    "answer-headers-too-long",
    "The headers of the answer are longer than Telegram takes (256 KiB), so it counts as a failure.",
    "Answer with the usual few headers; see what the proxy adds.",
  ],
  [
    /too many parameters|Request Entity Too Large|Too many files/i,
    "answer-too-long",
    "The answer is longer than Telegram takes (1 MiB), so it counts as a failure.",
    "Answer with an empty body, and call the Bot API for what is long.",
  ],
  [
    /^(?:HTTP Version Not Supported|Not Implemented)/,
    "answer-not-http",
    "What came back is not HTTP/1.1.",
    "Let the server or the proxy speak HTTP/1.1 on this port; HTTP/2 alone is not enough.",
  ],
] as const satisfies readonly ExplainedPattern[]
