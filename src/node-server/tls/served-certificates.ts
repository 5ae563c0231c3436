import type { Server } from "node:https"
import type { SecureContext, SecureContextOptions, TlsOptions, TLSSocket } from "node:tls"
import {
  type CertificateAndKey,
  type CertificateSource,
  type CertificateWatch,
  createCertificate,
} from "../../certificate/index.js"
import { certificateLoaded } from "../../events/index.js"
import { SounderError } from "../../telegram/errors.js"
import { type CertificateUse, swapCertificates } from "./certificate-swap.js"
import { CertificateTable, hostsOf } from "./certificate-table.js"
import { challengeProtocol, handshakeOptions } from "./handshake.js"
import { expectNoNewProblems } from "./expect-no-new-problems.js"
import { tlsPreferences } from "./tls-preferences.js"

/** The current certificates of a server, from any number of sources that may replace them. */
export class ServedCertificates {
  readonly #sources: readonly CertificateSource[]
  /** The current certificates of each source. */
  readonly #pairs = new Map<CertificateSource, readonly CertificateAndKey[]>()
  /** The webhooks that upload new certificates. */
  readonly #uses = new Set<CertificateUse>()
  readonly #watches: CertificateWatch[] = []
  #table: CertificateTable | undefined
  #server: Server | undefined
  #isStopped = false
  /** Settles when the last replacement of certificates has ended. */
  #lastSwap: Promise<void> = Promise.resolve()

  /** @param sources the sources, beginning with the source of the default certificate */
  constructor(sources: readonly CertificateSource[]) {
    this.#sources = sources
  }

  /**
   * Resolves with the certificate that Telegram gets for a URL with this host; without a host, with the
   * default one. Resolves with `undefined` if no source has a certificate yet.
   */
  async certificateFor(host?: string): Promise<CertificateAndKey | undefined> {
    if (this.#server === undefined) await this.#load()
    if (this.#isEmpty) return undefined
    const table = this.#table
    return (host === undefined ? table?.first : table?.forHost(host))?.pair
  }

  /** The current certificates, the default one first; empty if no source has one yet. */
  get current(): readonly CertificateAndKey[] {
    return this.#sources.flatMap((source) => this.#pairs.get(source) ?? [])
  }

  /** Adds a webhook that uploads new certificates. Returns the function that removes the webhook. */
  use(use: CertificateUse): () => void {
    this.#uses.add(use)
    return () => void this.#uses.delete(use)
  }

  /**
   * Loads the certificates, and resolves with the TLS options of a server. Rejects with
   * `certificate-unreadable` or `certificate-mismatch`.
   */
  async options(): Promise<TlsOptions> {
    this.#isStopped = false
    return {
      ...contextOptions(await this.#load()),
      ...handshakeOptions({
        contextFor: (name) => this.#contextFor(name),
        challengeFor: (name) => this.#challengeFor(name),
      }),
    }
  }

  /**
   * Starts to watch the sources, and switches the server to their new certificates. Resolves when each
   * source has a certificate. Rejects with `not-running` if the server has been closed.
   */
  async watch(server: Server): Promise<void> {
    if (this.#isStopped)
      throw new SounderError("not-running", "The server was closed while it was starting")
    this.#server = server
    server.on("secureConnection", (socket: TLSSocket) => {
      // The handshake itself is the answer to the challenge.
      if (socket.alpnProtocol === challengeProtocol) socket.end()
    })
    for (const source of this.#sources) {
      this.#watches.push(expectWatch(source.watch((pairs) => this.#replace(source, pairs))))
    }
    await Promise.all(this.#watches.map(({ ready }) => ready))
    this.#announce()
  }

  /** Stops watching the sources. Resolves when their running work has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    // The failure of a source to stop must not keep the server open.
    await Promise.allSettled(this.#watches.splice(0).map(async (watch) => watch.stop()))
    this.#server = undefined
  }

  get #isEmpty(): boolean {
    return this.current.length === 0
  }

  async #load(): Promise<CertificateTable> {
    for (const source of this.#sources) this.#pairs.set(source, expectPairs(await source.load()))
    // A placeholder: without a certificate, even the handshake of the first ACME challenge would fail.
    const pairs = this.#isEmpty ? [await createCertificate("sounder.invalid")] : this.current
    this.#table = new CertificateTable(pairs)
    return this.#table
  }

  /** Replaces the certificates of a source. Replacements run one after the other. */
  #replace(source: CertificateSource, pairs: readonly CertificateAndKey[]): Promise<void> {
    const swap = this.#lastSwap.then(() => this.#swap(source, pairs))
    this.#lastSwap = swap.catch(() => {})
    return swap
  }

  async #swap(source: CertificateSource, pairs: readonly CertificateAndKey[]): Promise<void> {
    const before = this.#table
    if (!before) return
    const old = this.#pairs.get(source) ?? []
    const all = new Map(this.#pairs).set(source, pairs)
    const after = new CertificateTable(this.#sources.flatMap((each) => all.get(each) ?? []))
    for (const pair of pairs) expectNoNewProblems(old, pair)
    for (const { host } of this.#uses) {
      expectNoNewProblems([before.forHost(host).pair], after.forHost(host).pair, host)
    }
    const serve = () => {
      this.#pairs.set(source, pairs)
      this.#table = after
      this.#server?.setSecureContext(contextOptions(after))
    }
    await swapCertificates({ before, after, uses: this.#uses, serve })
    this.#announce()
  }

  #announce(): void {
    if (this.#isEmpty || !certificateLoaded.hasSubscribers) return
    for (const { leaf } of this.#table?.all ?? []) {
      certificateLoaded.publish({ hosts: hostsOf(leaf), notAfter: new Date(leaf.validTo) })
    }
  }

  #contextFor(name: string): SecureContext | undefined {
    const named = this.#table?.find(name)?.context
    return named ?? this.#challengeFor(name) ?? this.#table?.first.context
  }

  #challengeFor(name: string): SecureContext | undefined {
    for (const source of this.#sources) {
      // Any client may request any server name: an error here would end the process.
      try {
        const pair = source.challengeFor?.(name.toLowerCase())
        if (pair) return process.getBuiltinModule("node:tls").createSecureContext({ ...pair })
      } catch {
        continue
      }
    }
    return undefined
  }
}

/** Checks the result of a source's `load`. Throws a `TypeError` if it is not an array. */
function expectPairs(pairs: unknown): readonly CertificateAndKey[] {
  if (Array.isArray(pairs)) return pairs as readonly CertificateAndKey[]
  throw new TypeError(
    "Expected the `load` of a certificate source to resolve with an array of certificates.",
  )
}

/** Checks the result of a source's `watch`. Throws a `TypeError` if it has no `stop`. */
function expectWatch(watch: unknown): CertificateWatch {
  const result = watch as Partial<CertificateWatch> | null | undefined
  if (typeof result?.stop === "function") return result as CertificateWatch
  // The rejection of a promise that nobody awaits would end the process.
  void Promise.resolve(watch).catch(() => {})
  throw new TypeError(
    "Expected the `watch` of a certificate source to return an object with `ready` and `stop`.",
  )
}

function contextOptions({ unnamed }: CertificateTable): SecureContextOptions {
  return { ...unnamed.pair, ...tlsPreferences(unnamed.leaf) }
}
