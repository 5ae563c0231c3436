import { expectText } from "../ground/expect-option.js"
import type { WebhookServerOptions } from "../node-server/webhook-server-options.js"

/**
 * The options of `startWebhook` and `runWebhook` for the server that they create, besides key and
 * certificate. The options are not permitted with `server`, whose constructor gets them.
 */
export const serverOptionNames = [
  "listen",
  "port",
  "certificates",
  "healthPath",
  "readyPath",
  "metrics",
  "trustedProxies",
  "forwardedHeader",
  "proxyProtocol",
  "allowFrom",
  "maxSockets",
  "maxSocketsPerClient",
  "keepAliveTimeoutMs",
  "requestTimeoutMs",
] as const satisfies readonly (keyof WebhookServerOptions)[]

/** The options of `startWebhook` and `runWebhook` for the server that they create. */
export type OwnServerOptions = Pick<
  WebhookServerOptions,
  (typeof serverOptionNames)[number] | "key" | "logger"
>

/** All options of `startWebhook` and `runWebhook` that concern the server. */
interface AllServerOptions extends OwnServerOptions {
  readonly cert?: string | undefined
  readonly acme?: object | undefined
  readonly server?: object | undefined
}

/**
 * Checks that options of a new server are not combined with `server`, and that `key`, `cert`, `certificates`
 * and `acme` fit together. Throws a `TypeError` otherwise.
 */
export function expectConsistentServerOptions(options: AllServerOptions): void {
  const { key, cert, certificates, acme, server } = options
  if (key !== undefined && cert === undefined) {
    throw new TypeError(
      "Expected the `cert` option with `key`: a server needs both. Create both with `sounder certificate HOST`.",
    )
  }
  if (key === undefined && cert !== undefined && (certificates ?? acme) !== undefined) {
    throw new TypeError(
      "Expected no `certificates` and no `acme` option with `cert` alone, which is a proxy's certificate. Add `key`, or remove `cert`.",
    )
  }
  if (acme !== undefined && key !== undefined) {
    throw new TypeError("Expected either the `acme` option or `key` and `cert`, got both.")
  }
  if (!server) return
  for (const name of [...serverOptionNames, "key", "acme"] as const) {
    if (options[name] === undefined) continue
    throw new TypeError(
      `Expected no \`${name}\` option with \`server\`: give it to the constructor of the server.`,
    )
  }
}

/** Returns the options of the server that `startWebhook` creates. */
export function ownServerOptions(options: AllServerOptions): WebhookServerOptions {
  const { key, cert, listen, logger } = options
  if (listen !== undefined) expectText("listen", listen)
  // Without `key`, `cert` is the certificate of a proxy.
  const pair = key === undefined ? {} : { key, cert }
  const own = Object.fromEntries(serverOptionNames.map((name) => [name, options[name]]))
  return { ...own, ...pair, logger }
}
