import { expectText } from "../ground/expect-option.js"
import type { WebhookServerOptions } from "../node-server/webhook-server-options.js"

/**
 * The options of a server that a start hands to its own one, beside its key and certificate. Those of
 * a server that is given are its own.
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

/** The options of a start that are those of its own server. */
export type OwnServerOptions = Pick<
  WebhookServerOptions,
  (typeof serverOptionNames)[number] | "key" | "logger"
>

/** What a start is told of its server. */
interface ServerChoices extends OwnServerOptions {
  readonly cert?: string | undefined
  readonly acme?: object | undefined
  readonly server?: object | undefined
}

/**
 * Checks that a server that is given is told nothing, and that a key has its certificate.
 *
 * @throws TypeError
 */
export function expectOwnOrShared(options: ServerChoices): void {
  const { key, cert, certificates, acme, server } = options
  if (key !== undefined && cert === undefined) {
    throw new TypeError(
      "Expected the `cert` option with `key`: a key alone serves nothing. Create both with `sounder certificate HOST`.",
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
    throw new TypeError(`Expected no \`${name}\` option with \`server\`: it is the server's own.`)
  }
}

/** Returns the options of the server that a start makes for itself. */
export function ownServerOptions(options: ServerChoices): WebhookServerOptions {
  const { key, cert, listen, logger } = options
  if (listen !== undefined) expectText("listen", listen)
  // A certificate alone is that of a proxy.
  const pair = key === undefined ? {} : { key, cert }
  const own = Object.fromEntries(serverOptionNames.map((name) => [name, options[name]]))
  return { ...own, ...pair, logger }
}
