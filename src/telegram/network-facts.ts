/**
 * Facts about the network behaviour of Telegram's servers. No other file repeats them.
 *
 * @see https://core.telegram.org/bots/webhooks
 * @module
 */

/** The ports to which Telegram delivers updates. */
export const webhookPorts: readonly number[] = [443, 80, 88, 8443]

/**
 * The length of the longest webhook URL, in characters. The request line and the headers of a request of
 * Telegram have at most 4,096 bytes together, of which about 600 do not belong to the URL.
 */
export const maxWebhookUrlLength = 3400

/**
 * The networks that Telegram calls from, as listed in its documentation.
 *
 * @see https://core.telegram.org/bots/webhooks
 */
export const telegramNetworks: readonly string[] = ["149.154.160.0/20", "91.108.4.0/22"]

/** The networks that Telegram calls from, joined for a sentence. */
export const telegramNetworksText = telegramNetworks.join(" and ")

/** The blocks of IPv4 addresses to which Telegram delivers nothing, each with the length of its prefix in bits. */
export const reservedBlocks: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
]
