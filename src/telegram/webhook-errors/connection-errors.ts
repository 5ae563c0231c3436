import { telegramNetworksText } from "../network-facts.js"
import type { ExplainedPattern } from "./explained-pattern.js"

/** No connection came about, or it was lost; the operating system's words, or Telegram's own. */
export const connectionErrors = [
  [
    /certificate verify failed/,
    "certificate-not-trusted",
    "Telegram does not trust the certificate it was shown: it has expired, names another host than the URL, comes without its intermediate certificates, or is not the one that was uploaded. Telegram says the same for all of these.",
    "Look at it with `sounder doctor`, or with `sounder certificate inspect`. After a change of a self-signed certificate, upload the new one with setWebhook.",
  ],
  [
    /wrong version number|http request|unknown protocol/,
    "plain-http",
    "What answers on that port does not speak TLS: it is plain HTTP.",
    "Give `key` and `cert` to the server, or let the proxy do TLS on this port.",
  ],
  [
    /unrecognized name/,
    "name-not-served",
    "The server has no certificate for the host of the URL, and ended the handshake.",
    "Give the proxy or server a certificate for this host (by SNI), or register the URL with the host it serves.",
  ],
  [
    /certificate required/,
    "wants-client-certificate",
    "The server wants a certificate of the client, and Telegram has none to show.",
    "Ask for none on this path: `ssl_verify_client off` in nginx, no `verify required` in haproxy.",
  ],
  [
    /dh key too small/,
    "tls-too-weak",
    "The server offers a Diffie-Hellman group that is too small for Telegram.",
    "Use one of 2,048 bits or more, or the curves that servers use by default (no `ssl_dhparam`).",
  ],
  [
    /unsupported protocol|protocol version|no shared cipher|handshake failure|no suitable|legacy sigalg/,
    "tls-too-old",
    "Telegram and the server found no version of TLS, or no cipher, that both speak.",
    "Let the server speak TLS 1.2 and 1.3 with its usual ciphers, and ask for no certificate of the client.",
  ],
  [
    /Can't create an SSL (?:connection|context)/,
    "tls-not-started",
    "Telegram could not prepare the TLS connection, mostly because of the certificate that was uploaded.",
    "Create the certificate anew with `sounder certificate HOST`, and upload it with setWebhook.",
  ],
  [
    /^SSL error/,
    "tls-failed",
    "The TLS handshake failed.",
    "Check that an HTTPS server, TLS 1.2 or newer, listens at the URL's host and port; `sounder doctor` tries the handshake as Telegram does.",
  ],
  [
    /proxy/,
    "telegram-proxy",
    "The Bot API server could not get through the HTTP proxy it was started with.",
    "Check the option `--proxy` of your own Bot API server.",
  ],
  [
    /Connection refused|Can't connect|Failed to connect/,
    "connection-refused",
    "Nothing listens at the URL's host and port as seen from the internet.",
    "Check that the server runs, that it listens on 0.0.0.0 and not only on 127.0.0.1 (`listen`), `port`, the proxy, and the forwarding of ports.",
  ],
  [
    /Connection tim(?:ed out|eout)|No route to host|Network is unreachable|Write timeout expired/,
    "unreachable",
    "Telegram cannot reach the URL's host: packets get lost or find no way.",
    `Check its address in DNS, and the firewall, also that of the hosting provider: it has to let ${telegramNetworksText} in.`,
  ],
  [
    /Read timeout expired/,
    "no-answer",
    "The server took the connection and did not finish the TLS handshake, or took the request and did not answer within 60 s; Telegram then sends the update again.",
    "Answer as soon as the update is safe, not when it has been handled; check that the proxy reaches the bot, and that `sounder doctor` gets through the handshake.",
  ],
  [
    /Connection reset by peer|Broken pipe|Connection closed/i,
    "connection-cut",
    "The connection was cut in the middle of a request.",
    "Check that the server did not crash, that its log says nothing of too many connections (`maxSockets`), and that it and the proxy keep idle connections open for more than 60 s.",
  ],
] as const satisfies readonly ExplainedPattern[]
