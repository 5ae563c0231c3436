import { telegramNetworksText } from "../network-facts.js"
import type { ExplainedPattern } from "./explained-pattern.js"

/** The texts about connections that failed or were lost, written by the operating system or by Telegram. */
export const connectionErrors = [
  [
    /certificate verify failed/,
    "certificate-not-trusted",
    "Telegram does not trust the server's certificate: the certificate has expired, names a host other than the URL's, was sent without its intermediate certificates, or differs from the uploaded certificate. Telegram reports all four causes with the same text.",
    "Find the cause with `sounder doctor` or `sounder certificate inspect`. After a change of a self-signed certificate, upload the new certificate with setWebhook.",
  ],
  [
    /wrong version number|http request|unknown protocol/,
    "plain-http",
    "The server on that port speaks plain HTTP, not TLS.",
    "Give `key` and `cert` to the server, or let the proxy terminate TLS on this port.",
  ],
  [
    /unrecognized name/,
    "name-not-served",
    "The server has no certificate for the host of the URL, and ended the handshake.",
    "Give the proxy or server a certificate for this host (by SNI), or register a URL with a host for which it has a certificate.",
  ],
  [
    /certificate required/,
    "wants-client-certificate",
    "The server requires a client certificate, and Telegram sends none.",
    "Require no client certificate on this path: `ssl_verify_client off` in nginx, no `verify required` in haproxy.",
  ],
  [
    /dh key too small/,
    "tls-too-weak",
    "The server offers a Diffie-Hellman group that is too small for Telegram.",
    "Use a group of 2,048 bits or more, or elliptic curves, the default of servers (no `ssl_dhparam`).",
  ],
  [
    /unsupported protocol|protocol version|no shared cipher|handshake failure|no suitable|legacy sigalg/,
    "tls-too-old",
    "Telegram and the server have no TLS version or no cipher in common. There is also no cipher in common if the certificate's key is of a rare kind, such as secp256k1.",
    "Enable TLS 1.2 and 1.3 with the default ciphers on the server, and require no client certificate. Inspect the server's certificate with `sounder certificate inspect`.",
  ],
  [
    /Can't create an SSL (?:connection|context)/,
    "tls-not-started",
    "Telegram could not prepare the TLS connection, in most cases because of the certificate that was uploaded.",
    "Create a new certificate with `sounder certificate HOST`, and upload the certificate with setWebhook.",
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
    "The Bot API server could not connect through its HTTP proxy.",
    "Check the option `--proxy` of your own Bot API server.",
  ],
  [
    /Connection refused|Can't connect|Failed to connect/,
    "connection-refused",
    "No server listens at the URL's host and port, as seen from the internet.",
    "Check that the server runs, that it listens on 0.0.0.0 and not only on 127.0.0.1 (`listen`), `port`, the proxy, and the forwarding of ports.",
  ],
  [
    /Connection tim(?:ed out|eout)|No route to host|Network is unreachable|Write timeout expired/,
    "unreachable",
    "Telegram cannot reach the URL's host: packets are dropped or have no route.",
    `Check the host's address in DNS, and the firewalls of the server and of the hosting provider: they have to admit ${telegramNetworksText}.`,
  ],
  [
    /Read timeout expired/,
    "no-answer",
    "The server accepted the connection and did not finish the TLS handshake, or received the request and did not answer within 60 s. Telegram then sends the update again.",
    "Answer as soon as the update is stored, not after its handling. Check that the proxy reaches the bot, and that the handshake of `sounder doctor` succeeds.",
  ],
  [
    /Connection reset by peer|Broken pipe|Connection closed/i,
    "connection-cut",
    "The connection was cut in the middle of a request.",
    "Check that the server did not crash, that its log does not report too many connections (`maxSockets`), and that server and proxy keep idle connections open for more than 60 s.",
  ],
] as const satisfies readonly ExplainedPattern[]
