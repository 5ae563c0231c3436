import { expectText } from "../ground/expect-option.js"
import type { WebhookServerOptions } from "../node-server/webhook-server-options.js"

/**
 * The options that a start passes to the server that it creates, in addition to key and certificate.
 * They are not permitted with the option `server`, whose server already has its own.
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

/** The options of a start that belong to the server that it creates. */
export type OwnServerOptions = Pick<
  WebhookServerOptions,
  (typeof serverOptionNames)[number] | "key" | "logger"
>

/** All options of a start about its server. */
interface ServerChoices extends OwnServerOptions {
  readonly cert?: string | undefined
  readonly acme?: object | undefined
  readonly server?: object | undefined
}

/**
 * Checks that options of a server are not combined with `server`, and that each key has a certificate.
 * Throws a `TypeError` otherwise.
 */
export function expectOwnOrShared(options: ServerChoices): void {
  const { key, cert, certificates, acme, server } = options
  if (key !== undefined && cert === undefined) {
    throw new TypeError(
      "Expected the `cert` option with `key`: a server needs both. Create both with `sounder certificate HOST`.",
    )
  }
  if (key === undefined && cert !== undefined && (certificates ?? acme) !== undefined) {
    throw new TypeError("Expected the `key` option with `cert` and `certificates` or `acme`.")
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

/** Returns the options of the server that a start creates. */
export function ownServerOptions(options: ServerChoices): WebhookServerOptions {
  const { key, cert, listen, logger } = options
  if (listen !== undefined) expectText("listen", listen)
  // Without `key`, `cert` is the certificate of a proxy.
  const pair = key === undefined ? {} : { key, cert }
  const own = Object.fromEntries(serverOptionNames.map((name) => [name, options[name]]))
  return { ...own, ...pair, logger }
}
