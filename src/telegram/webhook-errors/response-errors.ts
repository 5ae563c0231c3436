import { telegramNetworksText } from "../network-facts.js"
import type { ExplainedPattern } from "./explained-pattern.js"

/** @param status a status, or a part of a regular expression that matches several statuses */
const wrongStatus = (status: string) => new RegExp(`^Wrong response from the webhook: ${status}\\b`)

/** The texts about answers that Telegram does not accept. */
export const responseErrors = [
  [
    wrongStatus("1\\d\\d"),
    "interim-response",
    "The server sent an interim response (100 Continue, 103 Early Hints), and Telegram takes it for the answer.",
    "Turn early hints off in the server or the proxy.",
  ],
  [
    wrongStatus("3\\d\\d"),
    "redirect",
    "The server redirects, and Telegram follows no redirects.",
    "Register the URL that the redirect leads to. The two URLs may differ in https, in `www.` or in the slash at the end.",
  ],
  [
    wrongStatus("400"),
    "bad-request",
    "The server did not understand the request.",
    "See the server's log. Proxies send this status for an unknown host, and for TLS on a port of plain HTTP.",
  ],
  [
    wrongStatus("401"),
    "wrong-secret",
    "The secret token did not match: the webhook was registered with another secret, or the proxy drops the header X-Telegram-Bot-Api-Secret-Token. A `Fleet` answers the same for a bot that it does not have.",
    "Register the webhook again with the current secret, let the proxy forward the header, or add the bot to the fleet.",
  ],
  [
    wrongStatus("403"),
    "forbidden-by-proxy",
    "The server, or a proxy or firewall in front of the server, refuses Telegram: by an allow-list, by a protection against bots, or for a wrong secret (other frameworks answer 403 then).",
    `Let ${telegramNetworksText} pass, without a challenge; check the secret.`,
  ],
  [
    wrongStatus("402"),
    "payment-required",
    "The hosting provider no longer serves the program: the plan has ended or the credit is used up.",
    "See the provider's console.",
  ],
  [
    wrongStatus("404"),
    "wrong-path",
    "The server has no handler at the URL's path.",
    "`urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it; slashes at the end and capital letters count.",
  ],
  [
    wrongStatus("405"),
    "wrong-method",
    "The server at the URL's path accepts no POST, so it is not the bot.",
    "Check the path, and the server to which the proxy forwards the path.",
  ],
  [
    wrongStatus("406"),
    "refused-by-firewall",
    "A proxy in front of the bot refuses the request for its content or its headers, in most cases a web application firewall (mod_security).",
    "Exempt the path of the webhook from the firewall's rules.",
  ],
  [
    wrongStatus("407"),
    "wants-proxy-login",
    "A proxy in front of the bot requires a user name and a password.",
    "Require no password for the path of the webhook.",
  ],
  [
    wrongStatus("408|499"),
    "proxy-gave-up",
    "The proxy gave up before the bot had answered.",
    "Let the proxy wait for at least 60 s, and answer earlier.",
  ],
  [
    wrongStatus("410"),
    "gone",
    "The server says that the bot is gone. After 23 hours of only this answer Telegram deletes the webhook.",
    "Start the bot again, or delete the webhook.",
  ],
  [
    wrongStatus("413"),
    "body-too-long",
    "The update was too long for the server or the proxy; updates can have up to 512 KiB.",
    "Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body` in Caddy, `maxBodyBytes` of the bot.",
  ],
  [
    wrongStatus("415"),
    "wrong-content-type",
    "The server accepts no JSON, or a proxy has changed the Content-Type.",
    "Check which program answers at this path; Telegram sends application/json.",
  ],
  [
    wrongStatus("421"),
    "misdirected",
    "The server does not serve this host on this connection.",
    "Give the proxy a certificate and a rule for this host.",
  ],
  [
    wrongStatus("426"),
    "http-version",
    "The server requires an HTTP version other than 1.1, and Telegram speaks only HTTP/1.1.",
    "Let the server or the proxy speak HTTP/1.1.",
  ],
  [
    wrongStatus("429"),
    "rate-limited",
    "The server or the proxy refused the request because of a rate limit.",
    `Exempt ${telegramNetworksText} from the limit, or lower \`maxConnections\`.`,
  ],
  [
    wrongStatus("500"),
    "server-failed",
    "The program at this path failed. Telegram sends the update again until the answer is 2xx, and sends no other update of that chat before.",
    "See the program's log. Answer 200 as soon as the update is stored, even if its handling fails later.",
  ],
  [
    wrongStatus("50[24]|52[0-47]|530"),
    "proxy-lost-bot",
    "The proxy, or a service such as Cloudflare in front of the proxy, could not reach the bot or got no answer from the bot.",
    "Check that the bot runs, and the address and port that the proxy forwards to.",
  ],
  [
    wrongStatus("52[56]"),
    "proxy-distrusts-bot",
    "Cloudflare does not trust the certificate of the server.",
    "Install a certificate of a public authority, or a certificate of Cloudflare's own authority, on the server.",
  ],
  [
    wrongStatus("503"),
    "not-ready",
    "The bot was stopping, its queue was full, the update could not be stored in time (`putTimeoutMs`), or the proxy had no bot that was ready. Telegram sends the update again.",
    "If the error stays, check that the bot runs and that its handlers keep up.",
  ],
  [
    wrongStatus(".*"),
    "wrong-status",
    "The server answered with a status other than 2xx, so Telegram sends the update again.",
    "See the log of the server and of the proxy.",
  ],
  [
    /unsupported content-encoding/,
    "answer-compressed",
    "The answer was compressed with a method unknown to Telegram (br, zstd), and counts as a failure.",
    "Turn compression off for this path, or answer with an empty body.",
  ],
  [
    /^Bad Request$/,
    "answer-malformed",
    "The head of the answer is malformed: a line contains a stray carriage return, or both the reason phrase and the headers are missing.",
    "Let a web server or a framework write the answer, and check the changes that the proxy makes to answers.",
  ],
  [
    /unsupported transfer-encoding|^Bad Request: (?!bad webhook)/,
    "answer-garbled",
    "The body of the answer could not be read.",
    "Answer with an empty body and Content-Length: 0, and check the changes that the proxy makes to answers.",
  ],
  [
    /Header Fields Too Large/i,
    "answer-headers-too-long",
    "The headers of the answer exceed Telegram's limit of 256 KiB, so that the answer counts as a failure.",
    "Answer with few headers, and check the headers that the proxy adds.",
  ],
  [
    /too many parameters|Request Entity Too Large|Too many files/i,
    "answer-too-long",
    "The answer exceeds Telegram's limit of 1 MiB, and counts as a failure.",
    "Answer with an empty body, and send long content with calls of the Bot API.",
  ],
  [
    /^(?:HTTP Version Not Supported|Not Implemented)/,
    "answer-not-http",
    "The answer is not HTTP/1.1.",
    "Let the server or the proxy speak HTTP/1.1 on this port; HTTP/2 alone is not enough.",
  ],
] as const satisfies readonly ExplainedPattern[]
