import { errorCause, errorSentence } from "../ground/error-text.js"
import {
  type CertificateAndKey,
  certificateProblems,
  needsUpload,
  type CertificateSource,
  type CertificateWatch,
  type OfferCertificates,
} from "../certificate/index.js"
import { certificateFailed } from "../events/index.js"
import { Backoff } from "../ground/backoff.js"
import { sleep } from "../ground/sleep.js"
import { sleepUntil } from "../ground/wall-clock.js"
import { SounderError } from "../telegram/errors.js"
import { loadAcmeClient, openAuthority } from "./acme-authority.js"
import { AcmeFolder } from "./acme-folder.js"
import { type AcmeOptions, type AcmeSettings, expectAcmeOptions } from "./acme-options.js"
import { type ChallengeAnswers, orderCertificate } from "./acme-order.js"
import { AcmeRefusal, explainAcme } from "./acme-problem.js"
import { AcmeTransport } from "./acme-transport.js"
import { challengeCertificate, challengeName } from "./challenge-certificate.js"
import { HttpChallenges } from "./http-challenges.js"
import { withFolderLock } from "./folder-lock.js"
import { renewalTime } from "./renewal-time.js"

/** The longest pause that an authority can demand by `Retry-After`, in milliseconds. */
const longestPauseMs = 24 * 60 * 60_000
/**
 * The problems in spite of which a certificate is used. `missing-intermediate`: a private authority may
 * issue directly from its root, which the file then lacks. `not-yet-valid`: the clock of this machine is
 * slow, so another order would not help and would count against rate limits.
 */
const tolerated: readonly string[] = ["missing-intermediate", "not-yet-valid"]
/** The longest time for an order, in milliseconds. */
const orderDeadlineMs = 5 * 60_000
/** The first and the longest pause after a failed renewal, in milliseconds. */
const firstRetryMs = 60_000
const longestRetryMs = 6 * 60 * 60_000

/**
 * A source of certificates from an ACME authority such as Let's Encrypt. The source orders a certificate when
 * a server starts without a valid one, stores it in a folder, and renews it while the server runs.
 * Renewal does not interrupt connections.
 *
 * @example
 * ```ts
 * import { WebhookServer } from "sounder"
 * import { AcmeCertificate } from "sounder/acme"
 *
 * const certificate = new AcmeCertificate({
 *   hosts: ["bot.example.com"],
 *   email: "you@example.com",
 *   termsOfServiceAgreed: true,
 * })
 * const server = new WebhookServer({ listen: "0.0.0.0", port: 443, certificates: [certificate] })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc8555
 */
export class AcmeCertificate implements CertificateSource {
  readonly #settings: AcmeSettings
  readonly #folder: AcmeFolder
  /** The certificates that answer pending tls-alpn-01 challenges, by server name. */
  readonly #challenges = new Map<string, CertificateAndKey>()

  /** Throws a `TypeError` for a wrong option. */
  constructor(options: AcmeOptions) {
    this.#settings = expectAcmeOptions(options)
    this.#folder = new AcmeFolder(this.#settings)
    // The type already requires true; a program in JavaScript may omit the option.
    if (!options.termsOfServiceAgreed) throw termsNotAgreed(this.#settings)
  }

  /**
   * Resolves with the folder's certificate; with an empty array if the certificate is missing, has expired or
   * names other hosts. Rejects with `acme-client-missing` if the package acme-client is not installed.
   */
  async load(): Promise<readonly CertificateAndKey[]> {
    await loadAcmeClient()
    const stored = await this.#usableStored()
    return stored ? [stored] : []
  }

  /**
   * Orders a certificate if the folder has none, and renews it until the watch stops. `ready` rejects if
   * the first order fails. A failed renewal is logged and repeated with exponential backoff; the server
   * keeps the old certificate.
   */
  watch(offer: OfferCertificates): CertificateWatch {
    const stopping = new AbortController()
    const first = this.#firstCertificate(offer, stopping.signal)
    const renewals = first.then((pair) => this.#keepRenewed(pair, offer, stopping.signal))
    const ended = renewals.catch(() => {})
    return {
      ready: first.then(() => {}),
      stop: async () => {
        stopping.abort(new SounderError("not-running", "The server was closed"))
        await ended
      },
    }
  }

  /** Returns the certificate that answers a pending tls-alpn-01 challenge for a server name. */
  challengeFor(serverName: string): CertificateAndKey | undefined {
    return this.#challenges.get(serverName)
  }

  /** Resolves with the folder's certificate; with `undefined` if it is missing or unusable. */
  async #usableStored(): Promise<CertificateAndKey | undefined> {
    const pair = await this.#folder.readCertificate()
    if (!pair) return undefined
    return this.#problemOf(pair) === undefined ? pair : undefined
  }

  /** Returns the message of the first problem that is not in `tolerated`; `undefined` if there is none. */
  #problemOf(pair: CertificateAndKey): string | undefined {
    const uploaded = needsUpload(pair.cert)
    const problems = this.#settings.hosts.flatMap((host) =>
      certificateProblems({ ...pair, host, uploaded }),
    )
    return problems.find(({ code }) => !tolerated.includes(code))?.message
  }

  /** Throws for an unusable new certificate, so that the stored certificate is not replaced. */
  #expectUsable(pair: CertificateAndKey): CertificateAndKey {
    const problem = this.#problemOf(pair)
    if (problem === undefined) return pair
    throw new AcmeRefusal({ detail: `the authority issued an unusable certificate: ${problem}` })
  }

  /** Resolves with the stored certificate. Without one, orders a certificate and offers it to the server. */
  async #firstCertificate(
    offer: OfferCertificates,
    signal: AbortSignal,
  ): Promise<CertificateAndKey> {
    const stored = await this.#usableStored()
    if (stored) return stored
    const pair = await this.#obtain(undefined, signal)
    await offer([pair])
    return pair
  }

  /** Renews the certificate again and again until `signal` aborts. Logs and publishes failures. */
  async #keepRenewed(
    first: CertificateAndKey,
    offer: OfferCertificates,
    signal: AbortSignal,
  ): Promise<void> {
    const { renewAt, logger } = this.#settings
    const backoff = new Backoff({ firstMs: firstRetryMs, maxMs: longestRetryMs })
    let current = first
    const untilRenewal = () => sleepUntil(renewalTime(current.cert, renewAt), signal)
    let wait = untilRenewal
    while (!signal.aborted) {
      try {
        await wait()
        const next = await this.#obtain(current, signal)
        await offer([next])
        current = next
        wait = untilRenewal
        backoff.reset()
      } catch (error) {
        if (signal.aborted) return
        const { hosts } = this.#settings
        if (certificateFailed.hasSubscribers) certificateFailed.publish({ hosts, error })
        const waitMs = Math.max(backoff.next(), retryAfterMs(error))
        wait = () => sleep(waitMs, signal)
        const reason = errorSentence(error)
        const minutes = Math.ceil(waitMs / 60_000)
        logger.warn(`${reason} The old certificate stays in use; the next try is in ${minutes} min`)
      }
    }
  }

  /**
   * Orders a certificate, stores it and resolves with it. If another process has meanwhile stored a new
   * certificate in the folder, orders none and resolves with the stored one. Rejects with `acme-failed`.
   *
   * @param current the certificate to replace; `undefined` if there is none
   */
  async #obtain(
    current: CertificateAndKey | undefined,
    signal: AbortSignal,
  ): Promise<CertificateAndKey> {
    await this.#folder.make()
    return this.#withLock(signal, async () => {
      const stored = await this.#usableStored()
      if (stored && stored.cert !== current?.cert) return stored
      try {
        const pair = this.#expectUsable(await this.#order(signal))
        await this.#folder.writeCertificate(pair)
        this.#settings.logger.info(`Got a certificate for ${this.#settings.hosts.join(", ")}`)
        return pair
      } catch (error) {
        if (signal.aborted || error instanceof SounderError) throw error
        throw explainAcme(error, this.#settings)
      }
    })
  }

  /** Runs `work` while this process holds the folder's lock, so that only one process orders. */
  #withLock<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#folder.explainFailure(() => withFolderLock(this.#folder.path, signal, work))
  }

  /** Orders a certificate within `orderDeadlineMs`, and answers the challenges of the order. */
  async #order(stopped: AbortSignal): Promise<CertificateAndKey> {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(orderDeadlineMs)])
    const { challenge, httpListen, httpPort } = this.#settings
    await using transport = new AcmeTransport(this.#settings.directoryCa, signal)
    await using http = new HttpChallenges()
    if (challenge === "http-01") await http.listen(httpListen, httpPort)
    const answers: ChallengeAnswers = {
      answer: async (host, token, keyAuthorization) => {
        http.answer(token, keyAuthorization)
        const certificate = await challengeCertificate(host, keyAuthorization)
        this.#challenges.set(challengeName(host), certificate)
      },
    }
    try {
      const client = await openAuthority(this.#settings, this.#folder, transport)
      return await orderCertificate(client, this.#settings, answers, signal)
    } finally {
      this.#challenges.clear()
    }
  }
}

function retryAfterMs(error: unknown): number {
  const cause = errorCause(error)
  const seconds = cause instanceof AcmeRefusal ? (cause.retryAfter ?? 0) : 0
  return Math.min(Math.max(0, seconds * 1000), longestPauseMs)
}

function termsNotAgreed({ directory }: AcmeSettings): TypeError {
  return new TypeError(
    "Expected the `acme.termsOfServiceAgreed` option to be true: the authority issues certificates only " +
      `to users who agree to its terms of service (meta.termsOfService in ${directory.href}).`,
  )
}
