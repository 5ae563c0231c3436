// Copied from src/telegram/webhook-errors by test/page/webhook-errors.test.ts. Do not edit.

/** What Telegram says of webhooks, explained; the first pattern that fits counts. */
export const webhookErrors = [
  {
    "pattern": "only on ports",
    "flags": "",
    "meaning": "Telegram calls the ports 80, 88, 443 and 8443 only.",
    "fix": "Let the server or the proxy listen on one of them, and put it into the URL."
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
    "meaning": "The URL's host leads to an address that is not on the public internet.",
    "fix": "Give the name its public IPv4 address in DNS, or that address as `ip_address`. Without a public address, poll, or use a tunnel."
  },
  {
    "pattern": "IPv6",
    "flags": "",
    "meaning": "The URL's host has an IPv6 address only, and Telegram calls none.",
    "fix": "Give the name an IPv4 address (an A record)."
  },
  {
    "pattern": "Invalid IP address",
    "flags": "",
    "meaning": "The parameter `ip_address` is not an IP address.",
    "fix": "Give an IPv4 address, or leave it out."
  },
  {
    "pattern": "Failed to resolve host",
    "flags": "",
    "meaning": "Telegram does not find the URL's host in DNS. It remembers that for 5 minutes.",
    "fix": "Check the name and its A record, wait 5 minutes, and register again; or give `ip_address`."
  },
  {
    "pattern": "custom certificate file|certificate size",
    "flags": "",
    "meaning": "The file that was uploaded is not a certificate in PEM form.",
    "fix": "Upload cert.pem, not the private key and no DER file; `sounder certificate inspect` says what it is."
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
    "meaning": "The secret token is too long or has other letters than A-Z a-z 0-9 _ -.",
    "fix": "Take 1 to 256 of these letters, or let Sounder derive it from the token."
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
    "fix": "Register the URL that the redirect leads to: mind https, `www.` and the slash at the end."
  },
  {
    "pattern": "^Wrong response from the webhook: 400\\b",
    "flags": "",
    "meaning": "The server did not understand the request.",
    "fix": "See the server's log. A proxy answers so where it is asked for a host that it does not know, or where it expects plain HTTP."
  },
  {
    "pattern": "^Wrong response from the webhook: 401\\b",
    "flags": "",
    "meaning": "The secret token did not match: the webhook was registered with another one, or the proxy drops the header X-Telegram-Bot-Api-Secret-Token.",
    "fix": "Register the webhook again with the present secret, and let the proxy hand the header on."
  },
  {
    "pattern": "^Wrong response from the webhook: 403\\b",
    "flags": "",
    "meaning": "The server, or what stands before it, refuses Telegram: an allow-list, a protection against bots, or a wrong secret in another framework.",
    "fix": "Let 149.154.160.0/20 and 91.108.4.0/22 pass, without a challenge; check the secret."
  },
  {
    "pattern": "^Wrong response from the webhook: 402\\b",
    "flags": "",
    "meaning": "The hosting provider does not serve the program any more: its plan or its credit has run out.",
    "fix": "See the provider's console."
  },
  {
    "pattern": "^Wrong response from the webhook: 404\\b",
    "flags": "",
    "meaning": "Nothing answers at the URL's path.",
    "fix": "`urlPath` and the path of `webhookUrl` must be the same, unless the proxy rewrites it; slashes at the end and capital letters count."
  },
  {
    "pattern": "^Wrong response from the webhook: 405\\b",
    "flags": "",
    "meaning": "What answers at the URL's path takes no POST: it is not the bot.",
    "fix": "Check the path, and where the proxy forwards it to."
  },
  {
    "pattern": "^Wrong response from the webhook: 406\\b",
    "flags": "",
    "meaning": "What stands before the bot refuses the request by its content or its headers, mostly a firewall for web applications (mod_security).",
    "fix": "Exempt the path of the webhook from it."
  },
  {
    "pattern": "^Wrong response from the webhook: 407\\b",
    "flags": "",
    "meaning": "A proxy on the way wants a user and a password of its own.",
    "fix": "Let the path of the webhook pass without."
  },
  {
    "pattern": "^Wrong response from the webhook: 408|499\\b",
    "flags": "",
    "meaning": "The proxy gave the request up before it was answered.",
    "fix": "Let the proxy wait for at least 60 s, and answer earlier."
  },
  {
    "pattern": "^Wrong response from the webhook: 410\\b",
    "flags": "",
    "meaning": "The server says that the bot is gone. Telegram deletes the webhook when it hears nothing else for 23 hours.",
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
    "meaning": "The server takes no JSON, or something on the way has changed the Content-Type.",
    "fix": "Check what answers at this path; Telegram sends application/json."
  },
  {
    "pattern": "^Wrong response from the webhook: 421\\b",
    "flags": "",
    "meaning": "The server does not serve this host on the connection that was made for it.",
    "fix": "Give the proxy a certificate and a rule for this host."
  },
  {
    "pattern": "^Wrong response from the webhook: 426\\b",
    "flags": "",
    "meaning": "The server wants another version of HTTP than 1.1, the only one that Telegram speaks.",
    "fix": "Let the server or the proxy speak HTTP/1.1."
  },
  {
    "pattern": "^Wrong response from the webhook: 429\\b",
    "flags": "",
    "meaning": "The server or the proxy limits how often it is called, and refused.",
    "fix": "Exempt 149.154.160.0/20 and 91.108.4.0/22 from the limit, or lower `maxConnections`."
  },
  {
    "pattern": "^Wrong response from the webhook: 500\\b",
    "flags": "",
    "meaning": "The program at this path failed. Telegram sends the update again until it is answered with 2xx, and no other update of that chat before.",
    "fix": "See the program's log; answer 200 as soon as the update is safe, whatever handling it comes to."
  },
  {
    "pattern": "^Wrong response from the webhook: 50[24]|52[0-47]|530\\b",
    "flags": "",
    "meaning": "The proxy, or a service such as Cloudflare before it, could not reach the bot or got no answer from it.",
    "fix": "Check that the bot runs, and the address and port that the proxy forwards to."
  },
  {
    "pattern": "^Wrong response from the webhook: 52[56]\\b",
    "flags": "",
    "meaning": "Cloudflare does not trust the certificate of the server behind it.",
    "fix": "Use a certificate of a public authority, or one of Cloudflare's, on the server."
  },
  {
    "pattern": "^Wrong response from the webhook: 503\\b",
    "flags": "",
    "meaning": "The bot was stopping, had no room or could not store the update in time (`putTimeoutMs`), or the proxy knew of no bot that is ready. Telegram sends the update again.",
    "fix": "If it stays so, check that the bot runs and that its handlers keep up."
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
    "meaning": "The answer was compressed in a way that Telegram does not know (br, zstd), so it counts as a failure.",
    "fix": "Turn compression off for this path, or answer with an empty body."
  },
  {
    "pattern": "^Bad Request$",
    "flags": "",
    "meaning": "A header line of the answer is malformed: it holds a stray carriage return, or there is neither a reason nor a header.",
    "fix": "Let a web server or a framework write the answer; see what the proxy changes in it."
  },
  {
    "pattern": "unsupported transfer-encoding|^Bad Request: (?!bad webhook)",
    "flags": "",
    "meaning": "The body of the answer could not be read.",
    "fix": "Answer with an empty body and Content-Length: 0; check what the proxy does to answers."
  },
  {
    "pattern": "Header Fields Too Large",
    "flags": "i",
    "meaning": "The headers of the answer are longer than Telegram takes (256 KiB), so it counts as a failure.",
    "fix": "Answer with the usual few headers; see what the proxy adds."
  },
  {
    "pattern": "too many parameters|Request Entity Too Large|Too many files",
    "flags": "i",
    "meaning": "The answer is longer than Telegram takes (1 MiB), so it counts as a failure.",
    "fix": "Answer with an empty body, and call the Bot API for what is long."
  },
  {
    "pattern": "^(?:HTTP Version Not Supported|Not Implemented)",
    "flags": "",
    "meaning": "What came back is not HTTP/1.1.",
    "fix": "Let the server or the proxy speak HTTP/1.1 on this port; HTTP/2 alone is not enough."
  },
  {
    "pattern": "certificate verify failed",
    "flags": "",
    "meaning": "Telegram does not trust the certificate it was shown: it has expired, names another host than the URL, comes without its intermediate certificates, or is not the one that was uploaded. Telegram says the same for all of these.",
    "fix": "Look at it with `sounder doctor`, or with `sounder certificate inspect`. After a change of a self-signed certificate, upload the new one with setWebhook."
  },
  {
    "pattern": "wrong version number|http request|unknown protocol",
    "flags": "",
    "meaning": "What answers on that port does not speak TLS: it is plain HTTP.",
    "fix": "Give `key` and `cert` to the server, or let the proxy do TLS on this port."
  },
  {
    "pattern": "unrecognized name",
    "flags": "",
    "meaning": "The server has no certificate for the host of the URL, and ended the handshake.",
    "fix": "Give the proxy or server a certificate for this host (by SNI), or register the URL with the host it serves."
  },
  {
    "pattern": "certificate required",
    "flags": "",
    "meaning": "The server wants a certificate of the client, and Telegram has none to show.",
    "fix": "Ask for none on this path: `ssl_verify_client off` in nginx, no `verify required` in haproxy."
  },
  {
    "pattern": "dh key too small",
    "flags": "",
    "meaning": "The server offers a Diffie-Hellman group that is too small for Telegram.",
    "fix": "Use one of 2,048 bits or more, or the curves that servers use by default (no `ssl_dhparam`)."
  },
  {
    "pattern": "unsupported protocol|protocol version|no shared cipher|handshake failure|no suitable|legacy sigalg",
    "flags": "",
    "meaning": "Telegram and the server found no version of TLS, or no cipher, that both speak.",
    "fix": "Let the server speak TLS 1.2 and 1.3 with its usual ciphers, and ask for no certificate of the client."
  },
  {
    "pattern": "Can't create an SSL (?:connection|context)",
    "flags": "",
    "meaning": "Telegram could not prepare the TLS connection, mostly because of the certificate that was uploaded.",
    "fix": "Create the certificate anew with `sounder certificate HOST`, and upload it with setWebhook."
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
    "meaning": "The Bot API server could not get through the HTTP proxy it was started with.",
    "fix": "Check the option `--proxy` of your own Bot API server."
  },
  {
    "pattern": "Connection refused|Can't connect|Failed to connect",
    "flags": "",
    "meaning": "Nothing listens at the URL's host and port as seen from the internet.",
    "fix": "Check that the server runs, that it listens on 0.0.0.0 and not only on 127.0.0.1 (`listen`), `port`, the proxy, and the forwarding of ports."
  },
  {
    "pattern": "Connection tim(?:ed out|eout)|No route to host|Network is unreachable|Write timeout expired",
    "flags": "",
    "meaning": "Telegram cannot reach the URL's host: packets get lost or find no way.",
    "fix": "Check its address in DNS, and the firewall, also that of the hosting provider: it has to let 149.154.160.0/20 and 91.108.4.0/22 in."
  },
  {
    "pattern": "Read timeout expired",
    "flags": "",
    "meaning": "The server took the connection and did not finish the TLS handshake, or took the request and did not answer within 60 s; Telegram then sends the update again.",
    "fix": "Answer as soon as the update is safe, not when it has been handled; check that the proxy reaches the bot, and that `sounder doctor` gets through the handshake."
  },
  {
    "pattern": "Connection reset by peer|Broken pipe|Connection closed",
    "flags": "i",
    "meaning": "The connection was cut in the middle of a request.",
    "fix": "Check that the server did not crash, that its log says nothing of too many connections (`maxSockets`), and that it and the proxy keep idle connections open for more than 60 s."
  }
] as const
