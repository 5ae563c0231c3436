import type { Socket } from "node:net"
import type { SocksClientOptions } from "socks"
import type { buildConnector as Undici } from "undici"
import { decodePercent } from "../ground/decode-percent.js"
import { errorText, isError } from "../ground/error-text.js"
import { SounderError } from "../telegram/errors.js"
import { buildConnector } from "./undici-parts.js"

/** The time limit for the negotiation with the proxy, which connects to the target, in milliseconds. */
const connectTimeoutMs = 10_000

/**
 * Returns a connector that goes through a SOCKS proxy, which resolves host names itself.
 *
 * @param connectToProxy opens the TCP connection to the proxy
 */
export function socksConnector(proxy: URL, connectToProxy: Undici.connector): Undici.connector {
  const connectTls = buildConnector({})
  return function connect(options, callback) {
    const { hostname, port } = proxy
    // `http:` keeps the connector from starting TLS: a SOCKS proxy expects a plain TCP connection.
    const proxyAddress = { hostname, host: proxy.host, protocol: "http:", port: port || "1080" }
    connectToProxy(proxyAddress, (...[error, socket]) => {
      if (error !== null) callback(error, null)
      else void new Tunnel(proxy, socket, connectTls).open(options, callback)
    })
  }
}

/** A connection to a target server through a SOCKS proxy. */
class Tunnel {
  readonly #proxy: URL
  readonly #socket: Socket
  readonly #connectTls: Undici.connector

  constructor(proxy: URL, socket: Socket, connectTls: Undici.connector) {
    this.#proxy = proxy
    this.#socket = socket
    this.#connectTls = connectTls
  }

  /** Connects to the target, with TLS for `https:`. Never rejects: passes an error to `callback`. */
  async open(options: Undici.Options, callback: Undici.Callback): Promise<void> {
    try {
      await this.#connectToTarget(options)
    } catch (error) {
      this.#socket.destroy()
      return callback(isError(error) ? error : new Error(errorText(error)), null)
    }
    if (options.protocol !== "https:") return callback(null, this.#socket)
    this.#connectTls({ ...options, httpSocket: this.#socket }, callback)
  }

  async #connectToTarget({ hostname, port, protocol }: Undici.Options): Promise<void> {
    const { SocksClient } = await loadSocks()
    await SocksClient.createConnection({
      existing_socket: this.#socket,
      proxy: proxyOf(this.#proxy),
      command: "connect",
      destination: {
        host: hostname.replaceAll(/^\[|\]$/g, ""),
        port: Number(port) || (protocol === "https:" ? 443 : 80),
      },
      timeout: connectTimeoutMs,
    })
  }
}

function proxyOf({ protocol, hostname, port, username, password }: URL) {
  const proxy: SocksClientOptions["proxy"] = {
    host: hostname,
    port: Number(port) || 1080,
    type: protocol.startsWith("socks4") ? 4 : 5,
    ...(username && { userId: decodePercent(username) }),
    ...(password && { password: decodePercent(password) }),
  }
  return proxy
}

/** @throws SounderError with the code `socks-missing` if the package `socks` is not installed */
async function loadSocks(): Promise<typeof import("socks")> {
  try {
    return await import("socks")
  } catch (cause) {
    const message =
      "A SOCKS proxy needs the package socks, which is not installed: run `npm install socks`"
    throw new SounderError("socks-missing", message, { cause })
  }
}
