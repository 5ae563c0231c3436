import type { Server } from "node:https"
import type { SecureContext, SecureContextOptions, TlsOptions, TLSSocket } from "node:tls"
import {
  type CertificateAndKey,
  type CertificateSource,
  type CertificateWatch,
  createCertificate,
} from "../../../certificate/index.js"
import { CertificateTable } from "./certificate-table.js"
import { challengeProtocol, handshakeOptions } from "./handshake.js"
import { tlsPreferences } from "./tls-preferences.js"

/** What TLS is done with on a server: the certificates of any number of sources, as they change. */
export class ServedCertificates {
  readonly #sources: readonly CertificateSource[]
  readonly #pairs = new Map<CertificateSource, readonly CertificateAndKey[]>()
  readonly #watches: CertificateWatch[] = []
  #table: CertificateTable | undefined
  #server: Server | undefined

  constructor(sources: readonly CertificateSource[]) {
    this.#sources = sources
  }

  /** What Telegram is served for a URL with this host, or the first one; nothing as yet perhaps. */
  async certificateFor(host?: string): Promise<CertificateAndKey | undefined> {
    if (this.#server === undefined) await this.#load()
    if (this.#isEmpty) return undefined
    const table = this.#table
    return (host === undefined ? table?.first : table?.forHost(host))?.pair
  }

  /**
   * Reads the certificates, and answers what a server that serves them is made with.
   *
   * @throws SounderError `certificate-unreadable` or `certificate-mismatch`
   */
  async options(): Promise<TlsOptions> {
    return {
      ...contextOptions(await this.#load()),
      ...handshakeOptions({
        contextFor: (name) => this.#contextFor(name),
        challengeFor: (name) => this.#challengeFor(name),
      }),
    }
  }

  /**
   * Serves other certificates from now on as the sources find them, on this server. Resolves when
   * all have one.
   */
  async watch(server: Server): Promise<void> {
    this.#server = server
    server.on("secureConnection", (socket: TLSSocket) => {
      // The handshake was the answer to the challenge.
      if (socket.alpnProtocol === challengeProtocol) socket.end()
    })
    for (const source of this.#sources) {
      this.#watches.push(source.watch((pairs) => this.#replace(source, pairs)))
    }
    await Promise.all(this.#watches.map(({ ready }) => ready))
  }

  /** Looks for no other certificates. */
  async stop(): Promise<void> {
    this.#server = undefined
    await Promise.all(this.#watches.splice(0).map((watch) => watch.stop()))
  }

  get #isEmpty(): boolean {
    return [...this.#pairs.values()].every((pairs) => pairs.length === 0)
  }

  async #load(): Promise<CertificateTable> {
    for (const source of this.#sources) this.#pairs.set(source, await source.load())
    // A handshake without any certificate fails before a challenge can be answered.
    const pairs = this.#isEmpty ? [await createCertificate("sounder.invalid")] : this.#allPairs()
    this.#table = new CertificateTable(pairs)
    return this.#table
  }

  async #replace(source: CertificateSource, pairs: readonly CertificateAndKey[]): Promise<void> {
    const all = new Map(this.#pairs).set(source, pairs)
    const table = new CertificateTable(this.#sources.flatMap((one) => all.get(one) ?? []))
    this.#pairs.set(source, pairs)
    this.#table = table
    this.#server?.setSecureContext(contextOptions(table))
  }

  #allPairs(): readonly CertificateAndKey[] {
    return this.#sources.flatMap((source) => this.#pairs.get(source) ?? [])
  }

  #contextFor(name: string): SecureContext | undefined {
    const named = this.#table?.find(name)?.context
    return named ?? this.#challengeFor(name) ?? this.#table?.first.context
  }

  #challengeFor(name: string): SecureContext | undefined {
    for (const source of this.#sources) {
      const pair = source.challengeFor?.(name.toLowerCase())
      if (pair) return process.getBuiltinModule("node:tls").createSecureContext({ ...pair })
    }
    return undefined
  }
}

function contextOptions({ unnamed }: CertificateTable): SecureContextOptions {
  return { ...unnamed.pair, ...tlsPreferences(unnamed.leaf) }
}
