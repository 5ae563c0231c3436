import type { ExplainedPattern } from "./explained-pattern.js"

/** Telegram's reasons for refusing a `setWebhook`. A refused call also deletes the webhook that was set before. */
export const registrationErrors = [
  [
    /only on ports/,
    "wrong-port",
    "Telegram calls the ports 80, 88, 443 and 8443 only.",
    "Let the server or the proxy listen on one of these ports, and put the port into the URL.",
  ],
  [
    /HTTPS url must be provided/i,
    "not-https",
    "Telegram calls https: URLs only.",
    "Register the URL with https://; a self-signed certificate will do.",
  ],
  [
    /is reserved/,
    "reserved-address",
    "The URL's host has an address that is not on the public internet.",
    "Set the host's public IPv4 address in DNS, or give the address as `ip_address`. Without a public address, use polling or a tunnel.",
  ],
  [
    /IPv6/,
    "ipv6-only",
    "The URL's host has only an IPv6 address, and Telegram does not call IPv6 addresses.",
    "Give the name an IPv4 address (an A record).",
  ],
  [
    /Invalid IP address/,
    "invalid-ip-address",
    "The parameter `ip_address` is not an IP address.",
    "Give an IPv4 address, or leave the parameter out.",
  ],
  [
    /Failed to resolve host/,
    "host-not-found",
    "Telegram does not find the URL's host in DNS, and caches the failure for 5 minutes.",
    "Check the name and its A record, wait 5 minutes, and register again; or give `ip_address`.",
  ],
  [
    /custom certificate file|certificate size/,
    "certificate-not-accepted",
    "The file that was uploaded is not a certificate in PEM form.",
    "Upload the certificate in PEM form, not the private key or a DER file; `sounder certificate inspect` tells the kind of a file.",
  ],
  [
    /invalid webhook URL/i,
    "invalid-url",
    "Telegram cannot read the URL.",
    "Register a whole URL, such as https://example.com:8443/hook.",
  ],
  [
    /secret token/i,
    "invalid-secret",
    "The secret token is too long, or has characters other than A-Z a-z 0-9 _ -.",
    "Use 1 to 256 of these characters, or let Sounder derive the secret from the bot's token.",
  ],
] as const satisfies readonly ExplainedPattern[]
