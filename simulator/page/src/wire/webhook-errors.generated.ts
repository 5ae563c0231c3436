// Copied from src/telegram/webhook-errors by test/page/webhook-errors.test.ts. Do not edit.

/** Telegram's errors about webhooks, explained; the first pattern that fits counts. */
export const webhookErrors = [
  {
    "pattern": "only on ports",
    "flags": "",
    "meaning": "Telegram calls the ports 80, 88, 443 and 8443 only.",
    "fix": "Let the server or the proxy listen on one of these ports, and put the port into the URL."
  },
  {
    "pattern": "HTTPS url must be provided",
    "flags": "i",
    "meaning": "Telegram calls https: URLs only.",
    "fix": "Register the URL with https://; a self-signed certificate will do."
  },
  {
    "pattern": "is reserved",
    "flags": "",
    "meaning": "The URL's host has an address that is not on the public internet.",
    "fix": "Set the host's public IPv4 address in DNS, or give the address as `ip_address`. Without a public address, use polling or a tunnel."
  },
  {
    "pattern": "IPv6",
    "flags": "",
    "meaning": "The URL's host has only an IPv6 address, and Telegram does not call IPv6 addresses.",
    "fix": "Give the name an IPv4 address (an A record)."
  },
  {
    "pattern": "Invalid IP address",
    "flags": "",
    "meaning": "The parameter `ip_address` is not an IP address.",
    "fix": "Give an IPv4 address, or leave the parameter out."
  },
  {
    "pattern": "Failed to resolve host",
    "flags": "",
    "meaning": "Telegram does not find the URL's host in DNS, and caches the failure for 5 minutes.",
    "fix": "Check the name and its A record, wait 5 minutes, and register again; or give `ip_address`."
  },
  {
    "pattern": "custom certificate file|certificate size",
    "flags": "",
    "meaning": "The file that was uploaded is not a certificate in PEM form.",
    "fix": "Upload the certificate in PEM form, not the private key or a DER file; `sounder certificate inspect` tells the kind of a file."
  },
  {
    "pattern": "invalid webhook URL",
    "flags": "i",
    "meaning": "Telegram cannot read the URL.",
    "fix": "Register a whole URL, such as https://example.com:8443/hook."
  },
  {
    "pattern": "secret token",
    "flags": "i",
    "meaning": "The secret token is too long, or has characters other than A-Z a-z 0-9 _ -.",
    "fix": "Use 1 to 256 of these characters, or let Sounder derive the secret from the bot's token."
  },
  {
    "pattern": "^Wrong response from the webhook: 1\\d\\d\\b",
    "flags": "",
    "meaning": "The server sent an interim response (100 Continue, 103 Early Hints), and Telegram takes it for the answer.",
    "fix": "Turn early hints off in the server or the proxy."
  },
  {
    "pattern": "^Wrong response from the webhook: 3\\d\\d\\b",
    "flags": "",
    "meaning": "The server redirects, and Telegram follows no redirects.",
    "fix": "Register the URL that the redirect leads to. The two URLs may differ in https, in `www.` or in the slash at the end."
  },
  {
    "pattern": "^Wrong response from the webhook: 400\\b",
    "flags": "",
    "meaning": "The server did not understand the request.",
    "fix": "See the server's log. Proxies send this status for an unknown host, and for TLS on a port of plain HTTP."
  },
  {
    "pattern": "^Wrong response from the webhook: 401\\b",
    "flags": "",
    "meaning": "The secret token did not match: the webhook was registered with another secret, or the proxy drops the header X-Telegram-Bot-Api-Secret-Token. A `Fleet` answers the same for a bot that it does not have.",
    "fix": "Register the webhook again with the current secret, let the proxy forward the header, or add the bot to the fleet."
  },
  {
    "pattern": "^Wrong response from the webhook: 403\\b",
    "flags": "",
    "meaning": "The server, or a proxy or firewall in front of the server, refuses Telegram: by an allow-list, by a protection against bots, or for a wrong secret (other frameworks answer 403 then).",
    "fix": "Let 149.154.160.0/20 and 91.108.4.0/22 pass, without a challenge; check the secret."
  },
  {
    "pattern": "^Wrong response from the webhook: 402\\b",
    "flags": "",
    "meaning": "The hosting provider no longer serves the program: the plan has ended or the credit is used up.",
    "fix": "See the provider's console."
  },
  {
    "pattern": "^Wrong response from the webhook: 404\\b",
    "flags": "",
    "meaning": "The server has no handler at the URL's path.",
    "fix": "`urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it; slashes at the end and capital letters count."
  },
  {
    "pattern": "^Wrong response from the webhook: 405\\b",
    "flags": "",
    "meaning": "The server at the URL's path accepts no POST, so it is not the bot.",
    "fix": "Check the path, and the server to which the proxy forwards the path."
  },
  {
    "pattern": "^Wrong response from the webhook: 406\\b",
    "flags": "",
    "meaning": "A proxy in front of the bot refuses the request for its content or its headers, in most cases a web application firewall (mod_security).",
    "fix": "Exempt the path of the webhook from the firewall's rules."
  },
  {
    "pattern": "^Wrong response from the webhook: 407\\b",
    "flags": "",
    "meaning": "A proxy in front of the bot requires a user name and a password.",
    "fix": "Require no password for the path of the webhook."
  },
  {
    "pattern": "^Wrong response from the webhook: 408|499\\b",
    "flags": "",
    "meaning": "The proxy gave up before the bot had answered.",
    "fix": "Let the proxy wait for at least 60 s, and answer earlier."
  },
  {
    "pattern": "^Wrong response from the webhook: 410\\b",
    "flags": "",
    "meaning": "The server says that the bot is gone. After 23 hours of only this answer Telegram deletes the webhook.",
    "fix": "Start the bot again, or delete the webhook."
  },
  {
    "pattern": "^Wrong response from the webhook: 413\\b",
    "flags": "",
    "meaning": "The update was too long for the server or the proxy; updates can have up to 512 KiB.",
    "fix": "Allow bodies of 1 MiB: `client_max_body_size 1m` in nginx, `request_body` in Caddy, `maxBodyBytes` of the bot."
  },
  {
    "pattern": "^Wrong response from the webhook: 415\\b",
    "flags": "",
    "meaning": "The server accepts no JSON, or a proxy has changed the Content-Type.",
    "fix": "Check which program answers at this path; Telegram sends application/json."
  },
  {
    "pattern": "^Wrong response from the webhook: 421\\b",
    "flags": "",
    "meaning": "The server does not serve this host on this connection.",
    "fix": "Give the proxy a certificate and a rule for this host."
  },
  {
    "pattern": "^Wrong response from the webhook: 426\\b",
    "flags": "",
    "meaning": "The server requires an HTTP version other than 1.1, and Telegram speaks only HTTP/1.1.",
    "fix": "Let the server or the proxy speak HTTP/1.1."
  },
  {
    "pattern": "^Wrong response from the webhook: 429\\b",
    "flags": "",
    "meaning": "The server or the proxy refused the request because of a rate limit.",
    "fix": "Exempt 149.154.160.0/20 and 91.108.4.0/22 from the limit, or lower `maxConnections`."
  },
  {
    "pattern": "^Wrong response from the webhook: 500\\b",
    "flags": "",
    "meaning": "The program at this path failed. Telegram sends the update again until the answer is 2xx, and sends no other update of that chat before.",
    "fix": "See the program's log. Answer 200 as soon as the update is stored, even if its handling fails later."
  },
  {
    "pattern": "^Wrong response from the webhook: 50[24]|52[0-47]|530\\b",
    "flags": "",
    "meaning": "The proxy, or a service such as Cloudflare in front of the proxy, could not reach the bot or got no answer from the bot.",
    "fix": "Check that the bot runs, and the address and port that the proxy forwards to."
  },
  {
    "pattern": "^Wrong response from the webhook: 52[56]\\b",
    "flags": "",
    "meaning": "Cloudflare does not trust the certificate of the server.",
    "fix": "Install a certificate of a public authority, or a certificate of Cloudflare's own authority, on the server."
  },
  {
    "pattern": "^Wrong response from the webhook: 503\\b",
    "flags": "",
    "meaning": "The bot was stopping, its queue was full, the update could not be stored in time (`putTimeoutMs`), or the proxy had no bot that was ready. Telegram sends the update again.",
    "fix": "If the error stays, check that the bot runs and that its handlers keep up."
  },
  {
    "pattern": "^Wrong response from the webhook: .*\\b",
    "flags": "",
    "meaning": "The server answered with a status other than 2xx, so Telegram sends the update again.",
    "fix": "See the log of the server and of the proxy."
  },
  {
    "pattern": "unsupported content-encoding",
    "flags": "",
    "meaning": "The answer was compressed with a method unknown to Telegram (br, zstd), and counts as a failure.",
    "fix": "Turn compression off for this path, or answer with an empty body."
  },
  {
    "pattern": "^Bad Request$",
    "flags": "",
    "meaning": "The head of the answer is malformed: a line contains a stray carriage return, or both the reason phrase and the headers are missing.",
    "fix": "Let a web server or a framework write the answer, and check the changes that the proxy makes to answers."
  },
  {
    "pattern": "unsupported transfer-encoding|^Bad Request: (?!bad webhook)",
    "flags": "",
    "meaning": "The body of the answer could not be read.",
    "fix": "Answer with an empty body and Content-Length: 0, and check the changes that the proxy makes to answers."
  },
  {
    "pattern": "Header Fields Too Large",
    "flags": "i",
    "meaning": "The headers of the answer exceed Telegram's limit of 256 KiB, so that the answer counts as a failure.",
    "fix": "Answer with few headers, and check the headers that the proxy adds."
  },
  {
    "pattern": "too many parameters|Request Entity Too Large|Too many files",
    "flags": "i",
    "meaning": "The answer exceeds Telegram's limit of 1 MiB, and counts as a failure.",
    "fix": "Answer with an empty body, and send long content with calls of the Bot API."
  },
  {
    "pattern": "^(?:HTTP Version Not Supported|Not Implemented)",
    "flags": "",
    "meaning": "The answer is not HTTP/1.1.",
    "fix": "Let the server or the proxy speak HTTP/1.1 on this port; HTTP/2 alone is not enough."
  },
  {
    "pattern": "certificate verify failed",
    "flags": "",
    "meaning": "Telegram does not trust the server's certificate: the certificate has expired, names a host other than the URL's, was sent without its intermediate certificates, or differs from the uploaded certificate. Telegram reports all four causes with the same text.",
    "fix": "Find the cause with `sounder doctor` or `sounder certificate inspect`. After a change of a self-signed certificate, upload the new certificate with setWebhook."
  },
  {
    "pattern": "wrong version number|http request|unknown protocol",
    "flags": "",
    "meaning": "The server on that port speaks plain HTTP, not TLS.",
    "fix": "Give `key` and `cert` to the server, or let the proxy terminate TLS on this port."
  },
  {
    "pattern": "unrecognized name",
    "flags": "",
    "meaning": "The server has no certificate for the host of the URL, and ended the handshake.",
    "fix": "Give the proxy or server a certificate for this host (by SNI), or register a URL with a host for which it has a certificate."
  },
  {
    "pattern": "certificate required",
    "flags": "",
    "meaning": "The server requires a client certificate, and Telegram sends none.",
    "fix": "Require no client certificate on this path: `ssl_verify_client off` in nginx, no `verify required` in haproxy."
  },
  {
    "pattern": "dh key too small",
    "flags": "",
    "meaning": "The server offers a Diffie-Hellman group that is too small for Telegram.",
    "fix": "Use a group of 2,048 bits or more, or elliptic curves, the default of servers (no `ssl_dhparam`)."
  },
  {
    "pattern": "unsupported protocol|protocol version|no shared cipher|handshake failure|no suitable|legacy sigalg",
    "flags": "",
    "meaning": "Telegram and the server have no TLS version or no cipher in common. There is also no cipher in common if the certificate's key is of a rare kind, such as secp256k1.",
    "fix": "Enable TLS 1.2 and 1.3 with the default ciphers on the server, and require no client certificate. Inspect the server's certificate with `sounder certificate inspect`."
  },
  {
    "pattern": "Can't create an SSL (?:connection|context)",
    "flags": "",
    "meaning": "Telegram could not prepare the TLS connection, in most cases because of the certificate that was uploaded.",
    "fix": "Create a new certificate with `sounder certificate HOST`, and upload the certificate with setWebhook."
  },
  {
    "pattern": "^SSL error",
    "flags": "",
    "meaning": "The TLS handshake failed.",
    "fix": "Check that an HTTPS server, TLS 1.2 or newer, listens at the URL's host and port; `sounder doctor` tries the handshake as Telegram does."
  },
  {
    "pattern": "proxy",
    "flags": "",
    "meaning": "The Bot API server could not connect through its HTTP proxy.",
    "fix": "Check the option `--proxy` of your own Bot API server."
  },
  {
    "pattern": "Connection refused|Can't connect|Failed to connect",
    "flags": "",
    "meaning": "No server listens at the URL's host and port, as seen from the internet.",
    "fix": "Check that the server runs, that it listens on 0.0.0.0 and not only on 127.0.0.1 (`listen`), `port`, the proxy, and the forwarding of ports."
  },
  {
    "pattern": "Connection tim(?:ed out|eout)|No route to host|Network is unreachable|Write timeout expired",
    "flags": "",
    "meaning": "Telegram cannot reach the URL's host: packets are dropped or have no route.",
    "fix": "Check the host's address in DNS, and the firewalls of the server and of the hosting provider: they have to admit 149.154.160.0/20 and 91.108.4.0/22."
  },
  {
    "pattern": "Read timeout expired",
    "flags": "",
    "meaning": "The server accepted the connection and did not finish the TLS handshake, or received the request and did not answer within 60 s. Telegram then sends the update again.",
    "fix": "Answer as soon as the update is stored, not after its handling. Check that the proxy reaches the bot, and that the handshake of `sounder doctor` succeeds."
  },
  {
    "pattern": "Connection reset by peer|Broken pipe|Connection closed",
    "flags": "i",
    "meaning": "The connection was cut in the middle of a request.",
    "fix": "Check that the server did not crash, that its log does not report too many connections (`maxSockets`), and that server and proxy keep idle connections open for more than 60 s."
  }
] as const
